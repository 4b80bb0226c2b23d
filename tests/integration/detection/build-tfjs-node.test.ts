import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../src/config.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const run = promisify(execFile);
const folder = temporaryDirectory();

const build = (args: string[], environment: Record<string, string> = {}) =>
  run(process.execPath, [join(projectRoot, 'ci/build-tfjs-node.mjs'), ...args], {
    // A compiler that is always there: what is tested here fails before it would compile.
    env: { ...process.env, CXX: 'true', INIT_CWD: folder, ...environment },
  });

describe('building the native add-on says what to do', () => {
  it('without a compiler', async () => {
    await expect(build([], { CXX: 'no-such-compiler' })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no C\+\+ compiler \(no-such-compiler\).*apt-get install g\+\+/),
    });
  });

  it('when the library is not where the command says', async () => {
    await expect(build(['--libtensorflow', 'nowhere'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${join(folder, 'nowhere')} does not exist.`),
    });
  });

  it('when the folder holds headers and no library', async () => {
    const headers = join(folder, 'headers/include/tensorflow/c/eager');
    await mkdir(headers, { recursive: true });
    await writeFile(join(headers, 'c_api.h'), '');
    await expect(build(['--libtensorflow', 'headers'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('holds no libtensorflow for Linux'),
    });
  });

  it('when a file is no wheel, or a damaged one', async () => {
    await writeFile(join(folder, 'library.tar.gz'), '');
    await expect(build(['--libtensorflow', 'library.tar.gz'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is no wheel'),
    });
    await writeFile(join(folder, 'damaged.whl'), 'not a zip file');
    await expect(build(['--libtensorflow', 'damaged.whl'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot be unpacked'),
    });
  });
});
