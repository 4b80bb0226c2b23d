import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalStorage } from '../../../src/storage/local-storage.ts';
import type { StorageService } from '../../../src/storage/storage-service.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const outside = temporaryDirectory();
const root = join(outside, 'storage');
let storage: StorageService;
beforeAll(async () => {
  storage = await createLocalStorage(root);
  await writeFile(join(outside, 'secret'), 'secret');
});

async function* pieces(...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
}

describe('local storage', () => {
  it('keeps what was saved, whole and in parts', async () => {
    expect(await storage.save('a.txt', pieces('hello ', 'world'))).toBe(11);
    expect(await text(await storage.open('a.txt'))).toBe('hello world');
    expect(await text(await storage.open('a.txt', { start: 6, end: 8 }))).toBe('wo');
    expect(await text(await storage.open('a.txt', { start: 3, end: 3 }))).toBe('');
    expect((await storage.read('a.txt', { start: 0, end: 5 })).toString()).toBe('hello');
    expect(await storage.size('a.txt')).toBe(11);
    await storage.delete('a.txt');
    expect(await storage.exists('a.txt')).toBe(false);
    await storage.delete('a.txt');
  });

  it.each([
    '../secret',
    '..',
    '.',
    '',
    '/etc/passwd',
    'a/b',
    'a\\b',
    'tmp/x',
    '.hidden',
    'a\0b',
    'ä',
    'a'.repeat(201),
    '-x',
    '%2e%2e',
  ])('refuses the key %j in every operation', async (key) => {
    const refusal = { code: 'INVALID_ARGUMENT' };
    await expect(storage.save(key, pieces('x'))).rejects.toMatchObject(refusal);
    await expect(storage.open(key)).rejects.toMatchObject(refusal);
    await expect(storage.read(key, { start: 0, end: 1 })).rejects.toMatchObject(refusal);
    await expect(storage.delete(key)).rejects.toMatchObject(refusal);
    await expect(storage.exists(key)).rejects.toMatchObject(refusal);
    await expect(storage.size(key)).rejects.toMatchObject(refusal);
    await expect(storage.toLocalFile(key)).rejects.toMatchObject(refusal);
  });

  it('does not follow a link out of its root', async () => {
    await symlink(join(outside, 'secret'), join(root, 'link'));
    await expect(storage.open('link')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });

  it('shows no half file: while writing the old one stays, after a failure nothing is left', async () => {
    await storage.save('b.txt', pieces('old'));
    async function* failing() {
      yield Buffer.from('new and long');
      expect(await text(await storage.open('b.txt'))).toBe('old');
      throw new Error('source broke');
    }
    await expect(storage.save('b.txt', failing())).rejects.toThrow('source broke');
    expect(await text(await storage.open('b.txt'))).toBe('old');
    expect(await readdir(join(root, 'tmp'))).toEqual([]);
  });

  it('reports what the file system refuses without naming a path', async () => {
    const missing = storage.open('missing.txt');
    await expect(missing).rejects.toMatchObject({ code: 'STORAGE_FAILED', retryable: true });
    await expect(missing).rejects.not.toThrow(root);
    await mkdir(join(root, 'folder'));
    await expect(storage.save('folder', pieces('x'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await readdir(join(root, 'tmp'))).toEqual([]);
  });
});
