import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { writeFlushed } from './write-flushed.ts';
import type { PartialFiles } from './storage-service.ts';
import { errnoOf, flushFolder, translateErrors } from './file-errors.ts';

/**
 * Partial files in the folder `temporary`, put into place in `root`. `pathOf` checks a key and gives its final path.
 */
export function createLocalPartials(
  root: string,
  temporary: string,
  pathOf: (key: string) => string,
): PartialFiles {
  const partialOf = (key: string): string => {
    // Checks the key too.
    pathOf(key);
    return join(temporary, `${key}.partial`);
  };

  const size = async (key: string): Promise<number> => {
    try {
      return (await stat(partialOf(key))).size;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return 0;
      throw error;
    }
  };

  return {
    size: (key) => translateErrors('measure a file', () => size(key)),

    async append(key, offset, source) {
      const path = partialOf(key);
      if ((await size(key)) !== offset) {
        throw new AppError(
          'INVALID_ARGUMENT',
          'The part does not begin where the file ends. Ask for its size.',
          {
            details: { argument: 'offset' },
          },
        );
      }
      return translateErrors('write a file', async () => {
        const target = await open(path, 'a', 0o600);
        try {
          const reached = offset + (await writeFlushed(target, source));
          if ((await target.stat()).size === reached) return reached;
        } finally {
          await target.close();
        }
        await rm(path, { force: true });
        throw new AppError('INVALID_ARGUMENT', 'Two parts arrived at the same time. Begin the file anew.', {
          details: { argument: 'offset' },
        });
      });
    },

    async complete(key) {
      const path = pathOf(key);
      await translateErrors('write a file', async () => {
        await rename(partialOf(key), path);
        await flushFolder(root);
      });
    },

    async delete(key) {
      await translateErrors('delete a file', () => rm(partialOf(key), { force: true }));
    },
  };
}
