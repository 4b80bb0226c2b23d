import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createSilentLogger } from '../../../src/logger.ts';
import { cleanScratch } from '../../../worker/clean-scratch.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const directory = temporaryDirectory();
const logger = createSilentLogger();

describe('cleanScratch', () => {
  it('removes what is old, with what is in it, and leaves what may be in use', async () => {
    const old = new Date(Date.now() - 2 * 3_600_000);
    for (const name of ['languages-old', 'languages-new']) {
      await mkdir(join(directory, name));
      await writeFile(join(directory, name, 'eng.traineddata.gz'), 'x');
    }
    await utimes(join(directory, 'languages-old'), old, old);
    expect(await cleanScratch(directory, logger)).toBe(1);
    expect(await readdir(directory)).toEqual(['languages-new']);
  });

  it('has nothing to do where there is no folder yet', async () => {
    expect(await cleanScratch(join(directory, 'none'), logger)).toBe(0);
  });
});
