import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, storageError } from './file-errors.ts';
import type { StoredFile } from './storage-service.ts';

/** Names that are read from the folder at a time. */
const NAMES = 256;
/** Files that are looked at together. */
const CHUNK = 64;

/**
 * The plain files of `folder`, while it is being read: never the whole listing at once, so a folder of a million files
 * costs no memory. `keyOf` gives the key of a file by its name, or null to leave it out. A file that goes away
 * meanwhile is left out too; one that comes may be listed or not.
 * @throws AppError STORAGE_FAILED
 */
export async function* listFiles(
  folder: string,
  keyOf: (name: string) => string | null,
): AsyncGenerator<StoredFile> {
  const look = async ({ name, key }: { name: string; key: string }): Promise<StoredFile[]> => {
    try {
      // A link is none of our files, wherever it points.
      const found = await lstat(join(folder, name));
      return found.isFile() ? [{ key, sizeBytes: found.size, modifiedAt: found.mtime }] : [];
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw error;
    }
  };

  try {
    let named: { name: string; key: string }[] = [];
    for await (const { name } of await opendir(folder, { bufferSize: NAMES })) {
      const key = keyOf(name);
      if (key === null) continue;
      named.push({ name, key });
      if (named.length < CHUNK) continue;
      for (const files of await Promise.all(named.map(look))) yield* files;
      named = [];
    }
    for (const files of await Promise.all(named.map(look))) yield* files;
  } catch (error) {
    // What the reader of the list throws does not come by here: a generator is ended by its return.
    throw errnoOf(error) === undefined ? error : storageError('list its files', error);
  }
}
