import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { writeFlushed } from './write-flushed.ts';
import type { PartialFiles } from './storage-service.ts';
import type { FileCalls } from './file-calls.ts';
import { errnoOf, flushFolder, translateErrors } from './file-errors.ts';
import { listFiles } from './list-files.ts';

/** How the names of partial files end. */
export const PARTIAL_SUFFIX = '.partial';

/**
 * Partial files in the folder `temporary`, put into place in `root`. `pathOf` checks a key and gives its final path.
 */
export function createLocalPartials(deps: {
  root: string;
  temporary: string;
  pathOf: (key: string) => string;
  calls: FileCalls;
}): PartialFiles {
  const { root, temporary, pathOf, calls } = deps;
  const partialOf = (key: string): string => {
    // Checks the key too.
    pathOf(key);
    return join(temporary, `${key}${PARTIAL_SUFFIX}`);
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
      const arriving = watchSource(source);
      return translateErrors('write a file', async () => {
        try {
          const target = await calls.open(path, 'a', 0o600);
          try {
            const reached = offset + (await writeFlushed(target, arriving.bytes));
            if ((await target.stat()).size === reached) return reached;
          } finally {
            await target.close();
          }
        } catch (error) {
          if (!arriving.failed()) await rm(path, { force: true }).catch(() => {});
          throw error;
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
        await calls.rename(partialOf(key), path);
        await flushFolder(root, calls);
      });
    },

    async delete(key) {
      await translateErrors('delete a file', () => rm(partialOf(key), { force: true }));
    },

    list: () =>
      listFiles(temporary, (name) =>
        name.endsWith(PARTIAL_SUFFIX) ? name.slice(0, -PARTIAL_SUFFIX.length) : null,
      ),
  };
}

/** The bytes of `source`, and whether it was the source that failed. */
function watchSource(source: AsyncIterable<Uint8Array>): {
  bytes: AsyncGenerator<Uint8Array>;
  failed(): boolean;
} {
  let failure = false;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      yield* source;
    } catch (error) {
      failure = true;
      throw error;
    }
  }
  return { bytes: bytes(), failed: () => failure };
}
