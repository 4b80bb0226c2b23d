import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalStorage } from '../../../src/storage/local-storage.ts';
import type { StorageService, StoredFile } from '../../../src/storage/storage-service.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const HOUR_MS = 3_600_000;
const root = temporaryDirectory();
const inTmp = (name: string) => join(root, 'tmp', name);
let storage: StorageService;

async function* bytes(size: number) {
  yield Buffer.alloc(size);
}
async function all(files: AsyncIterable<StoredFile>): Promise<StoredFile[]> {
  const found: StoredFile[] = [];
  for await (const file of files) found.push(file);
  return found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
const age = (path: string, ms: number) => utimes(path, new Date(), new Date(Date.now() - ms));

beforeAll(async () => {
  storage = await createLocalStorage(root);
  await storage.save('a.mp4', bytes(10));
  await storage.save('a_results.json', bytes(20));
  await storage.partials.append('b.mp4', 0, bytes(5));
  await mkdir(join(root, 'folder'));
  await symlink(join(root, 'a.mp4'), join(root, 'link.mp4'));
  await writeFile(join(root, '.hidden'), '');
});

describe('the listing of a storage', () => {
  it('shows plain files with valid keys, their sizes and when they were written to', async () => {
    await age(join(root, 'a.mp4'), HOUR_MS);
    const files = await all(storage.list());
    expect(files.map(({ key, sizeBytes }) => [key, sizeBytes])).toEqual([
      ['a.mp4', 10],
      ['a_results.json', 20],
    ]);
    expect(Date.now() - (files[0]?.modifiedAt.getTime() ?? 0)).toBeGreaterThanOrEqual(HOUR_MS);
    expect(Date.now() - (files[1]?.modifiedAt.getTime() ?? 0)).toBeLessThan(HOUR_MS);
    expect((await all(storage.list('a_'))).map(({ key }) => key)).toEqual(['a_results.json']);
    expect((await all(storage.partials.list())).map(({ key }) => key)).toEqual(['b.mp4']);
  });

  it('shows each of many files once, also when each is deleted as soon as it is shown', async () => {
    const keys = Array.from({ length: 500 }, (_unused, n) => `many_${n}`);
    for (const key of keys) await writeFile(join(root, key), '');
    const shown: string[] = [];
    for await (const { key } of storage.list('many_')) {
      shown.push(key);
      await storage.delete(key);
    }
    expect(shown.toSorted()).toEqual(keys.toSorted());
    expect(await all(storage.list('many_'))).toEqual([]);
  });

  it('leaves out what goes away while it is read', async () => {
    const keys = Array.from({ length: 500 }, (_unused, n) => `gone_${n}`);
    for (const key of keys) await writeFile(join(root, key), '');
    let shown = 0;
    for await (const { key } of storage.list('gone_')) {
      shown += 1;
      if (shown === 1) for (const other of keys) if (other !== key) await storage.delete(other);
    }
    expect(shown).toBeGreaterThan(0);
    expect(shown).toBeLessThan(500);
  });
});

describe('abandoned temporary files', () => {
  it('go when nobody has written to them for that long; partial files never', async () => {
    for (const name of ['old.part', 'capacitor-0f.tmp', 'fresh.part']) await writeFile(inTmp(name), 'x');
    await mkdir(inTmp('folder'));
    for (const name of ['old.part', 'capacitor-0f.tmp', 'b.mp4.partial', 'folder']) {
      await age(inTmp(name), HOUR_MS + 1000);
    }
    await age(inTmp('fresh.part'), HOUR_MS - 60_000);
    expect(await storage.removeAbandoned(HOUR_MS)).toBe(2);
    expect(await storage.removeAbandoned(HOUR_MS)).toBe(0);
    expect(await storage.partials.size('b.mp4')).toBe(5);
    expect(await storage.removeAbandoned(60_000)).toBe(1);
  });
});
