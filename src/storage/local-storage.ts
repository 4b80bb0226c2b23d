import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import { claimFolder } from './claim-folder.ts';
import { systemCalls, type FileCalls } from './file-calls.ts';
import { errnoOf, flushFolder, storageError, translateErrors } from './file-errors.ts';
import { listFiles } from './list-files.ts';
import { createLocalPartials, PARTIAL_SUFFIX } from './local-partials.ts';
import { writeFlushed } from './write-flushed.ts';
import type { StorageService } from './storage-service.ts';

/** No separators and no leading dot: a key is one name inside the root, so it can never lead out of it. */
const KEY_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/**
 * Storage in one folder of the local disk (or of a network file system that several machines mount).
 * Files are written under `tmp/`, flushed, and renamed into place.
 */
export async function createLocalStorage(
  root: string,
  calls: FileCalls = systemCalls,
): Promise<StorageService> {
  const temporary = join(root, 'tmp');
  await translateErrors('create its folder', () => mkdir(temporary, { recursive: true, mode: 0o700 }));

  const pathOf = (key: string): string => {
    if (KEY_PATTERN.test(key)) return join(root, key);
    throw new AppError(
      'INVALID_ARGUMENT',
      'A storage key must be 1 to 200 letters, digits, dots, dashes or underscores.',
    );
  };

  const openFile = (key: string) => {
    const path = pathOf(key);
    // A link inside the root could still point out of it.
    return translateErrors('read a file', () => calls.open(path, constants.O_RDONLY | constants.O_NOFOLLOW));
  };

  return {
    partials: createLocalPartials({ root, temporary, pathOf, calls }),

    claim: (owner) => claimFolder(root, temporary, owner),

    async save(key, source) {
      const path = pathOf(key);
      const partial = join(temporary, `${randomUUID()}.part`);
      // What is to be removed if the next step fails.
      let written = partial;
      try {
        return await translateErrors('write a file', async () => {
          const target = await calls.open(partial, 'wx', 0o600);
          const size = await writeFlushed(target, source).finally(() => target.close());
          await calls.rename(partial, path);
          written = path;
          await flushFolder(root, calls);
          return size;
        });
      } catch (error) {
        // On a disk that fails this may fail too; the sweep removes the file later then.
        await rm(written, { force: true }).catch(() => {});
        throw error;
      }
    },

    async open(key, range) {
      const file = await openFile(key);
      // Node's `end` is inclusive, so an empty range has none.
      if (range && range.end <= range.start) {
        await file.close();
        return Readable.from([]);
      }
      return file.createReadStream(range ? { start: range.start, end: range.end - 1 } : {});
    },

    async read(key, range) {
      const file = await openFile(key);
      try {
        const buffer = Buffer.alloc(Math.max(0, range.end - range.start));
        const { bytesRead } = await translateErrors('read a file', () =>
          file.read(buffer, 0, buffer.length, range.start),
        );
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },

    async delete(key) {
      const path = pathOf(key);
      await translateErrors('delete a file', () => rm(path, { force: true }));
    },

    async exists(key) {
      const path = pathOf(key);
      try {
        return (await stat(path)).isFile();
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return false;
        throw storageError('look for a file', error);
      }
    },

    async size(key) {
      const path = pathOf(key);
      return (await translateErrors('measure a file', () => stat(path))).size;
    },

    async toLocalFile(key) {
      const file = await openFile(key);
      await file.close();
      // The file is on this machine already, so there is nothing to release.
      return { path: pathOf(key), release: async () => {} };
    },

    list: (prefix = '') =>
      listFiles(root, (name) => (name.startsWith(prefix) && KEY_PATTERN.test(name) ? name : null)),

    async assertUsable() {
      const { R_OK, W_OK, X_OK } = constants;
      await translateErrors('look at its folder', () =>
        Promise.all([root, temporary].map((folder) => access(folder, R_OK | W_OK | X_OK))),
      );
    },

    async freeBytes() {
      const { bavail, bsize } = await translateErrors('ask for its free space', () => statfs(root));
      return bavail * bsize;
    },

    async removeAbandoned(idleMs) {
      let removed = 0;
      // Libraries of ours put their temporary files here too, so the name says nothing.
      for await (const file of listFiles(temporary, (name) =>
        name.endsWith(PARTIAL_SUFFIX) ? null : name,
      )) {
        if (file.modifiedAt.getTime() > Date.now() - idleMs) continue;
        await translateErrors('delete a file', () => rm(join(temporary, file.key), { force: true }));
        removed += 1;
      }
      return removed;
    },
  };
}
