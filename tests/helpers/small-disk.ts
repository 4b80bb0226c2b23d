import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from '@jest/globals';

/**
 * `describe` for tests on a real file system of `mebibytes`, mounted at `folder`; they are skipped where mounting one is
 * not allowed. To be called outside of tests and hooks.
 */
export function describeOnSmallDisk(mebibytes: number, name: string, tests: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'foregsyte-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmdirSync(folder);
    // oxlint-disable-next-line jest/no-disabled-tests
    describe.skip(`${name} (skipped: mounting a file system is not allowed here)`, () => tests(folder));
    return;
  }
  describe(name, () => {
    tests(folder);
    // After the hooks of the tests, which stop whoever uses the disk.
    afterAll(() => {
      execFileSync('umount', [folder]);
      rmdirSync(folder);
    });
  });
}
