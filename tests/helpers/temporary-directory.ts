import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

/** A folder that is removed when the test file is done. To be called outside of tests and hooks. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'foregsyte-test-'));
  afterAll(() => rm(path, { recursive: true, force: true }));
  return path;
}
