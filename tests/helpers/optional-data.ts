import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { projectRoot } from '../../src/config.ts';

const DATA_FOLDER = join(projectRoot, '../shared/data');

/** Absolute path of a file or folder of the optional test data, which is no part of the project. */
export function optionalData(...segments: string[]): string {
  return join(DATA_FOLDER, ...segments);
}

/** `describe` for tests that need `folder` of the optional test data; they are skipped where it is missing. */
export function describeWithData(folder: string, name: string, tests: () => void): void {
  if (existsSync(optionalData(folder))) {
    describe(name, tests);
    return;
  }
  // oxlint-disable-next-line jest/no-disabled-tests
  describe.skip(`${name} (skipped: the optional test data ../shared/data/${folder} is not there)`, tests);
}
