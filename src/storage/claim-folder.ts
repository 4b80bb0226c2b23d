import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, translateErrors } from './file-errors.ts';

/** No key begins with a dot, so it can be mistaken for no stored file. */
const OWNER_FILE = '.owner';

/**
 * Makes the folder `owner`'s unless it is somebody's; resolves to whether it is theirs. The file gets its name when it is
 * whole, and whoever comes second fails to give it: of several that claim at once, one wins.
 */
export async function claimFolder(root: string, temporary: string, owner: string): Promise<boolean> {
  const file = join(root, OWNER_FILE);
  const partial = join(temporary, `${randomUUID()}.part`);
  return translateErrors('tell whose it is', async () => {
    const known = await readOwner(file);
    if (known !== null) return known === owner;
    try {
      await writeFile(partial, owner, { mode: 0o600, flush: true });
      await link(partial, file);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    } finally {
      await rm(partial, { force: true });
    }
    return (await readOwner(file)) === owner;
  });
}

async function readOwner(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
