import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createLocalStorage } from '../../../src/storage/local-storage.ts';
import type { StorageService } from '../../../src/storage/storage-service.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const root = temporaryDirectory();
let storage: StorageService;
beforeAll(async () => {
  storage = await createLocalStorage(root);
});

/** Chunks of one byte value each, and then the failure of a client that hangs up, if wanted. */
async function* chunks(sizes: readonly number[], failing = false): AsyncGenerator<Uint8Array> {
  for (const [index, size] of sizes.entries()) yield new Uint8Array(size).fill(index + 1);
  if (failing) throw new Error('hung up');
}
const expected = (sizes: readonly number[]) =>
  Buffer.concat(sizes.map((size, index) => Buffer.alloc(size, index + 1)));

describe('a partial file', () => {
  it('grows part by part, is seen by no reader, and is whole once completed', async () => {
    const { partials } = storage;
    expect(await partials.size('a.mp4')).toBe(0);
    expect(await partials.append('a.mp4', 0, chunks([10, 20]))).toBe(30);
    expect(await partials.append('a.mp4', 30, chunks([5]))).toBe(35);
    expect(await partials.size('a.mp4')).toBe(35);
    expect(await storage.exists('a.mp4')).toBe(false);
    await partials.complete('a.mp4');
    expect(
      (await readFile(join(root, 'a.mp4'))).equals(Buffer.concat([expected([10, 20]), expected([5])])),
    ).toBe(true);
    expect(await partials.size('a.mp4')).toBe(0);
    expect(await readdir(join(root, 'tmp'))).toEqual([]);
  });

  it('keeps what arrived before its source failed', async () => {
    const sizes = [70_000, 300_000, 1];
    await expect(storage.partials.append('b.mp4', 0, chunks(sizes, true))).rejects.toThrow('hung up');
    expect(await storage.partials.size('b.mp4')).toBe(370_001);
    expect((await readFile(join(root, 'tmp', 'b.mp4.partial'))).equals(expected(sizes))).toBe(true);
    await storage.partials.delete('b.mp4');
    await storage.partials.delete('b.mp4');
    expect(await storage.partials.size('b.mp4')).toBe(0);
  });

  it('shows that it is in work however slowly it arrives: nothing waits for more than a minute', async () => {
    const { partials } = storage;
    const now = jest.spyOn(Date, 'now');
    const begun = Date.now();
    async function* trickle() {
      yield Buffer.alloc(1);
      now.mockReturnValue(begun + 59_000);
      yield Buffer.alloc(1);
      expect(await partials.size('t.mp4')).toBe(0);
      now.mockReturnValue(begun + 61_000);
      yield Buffer.alloc(1);
      const written = async () => ((await partials.size('t.mp4')) === 3 ? true : undefined);
      now.mockRestore();
      await waitFor(written, 10_000, 'three bytes to be written');
    }
    expect(await partials.append('t.mp4', 0, trickle())).toBe(3);
    await partials.delete('t.mp4');
  });

  it.each([[0], [9], [11]])('refuses a part at %i of 10 bytes, and stays as it is', async (offset) => {
    const key = `c${offset}.mp4`;
    await storage.partials.append(key, 0, chunks([10]));
    await expect(storage.partials.append(key, offset, chunks([1]))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(await storage.partials.size(key)).toBe(10);
  });

  it('is given up when two write at once, as two processes can: it would hold a mixture', async () => {
    const gate = Promise.withResolvers<void>();
    async function* late() {
      yield* chunks([20]);
      await gate.promise;
    }
    const slow = storage.partials.append('m.mp4', 0, late());
    const refused = expect(slow).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await storage.partials.append('m.mp4', 0, chunks([10]))).toBe(10);
    gate.resolve();
    await refused;
    expect(await storage.partials.size('m.mp4')).toBe(0);
  });

  it('has a key like any other file: it leads nowhere else', async () => {
    await expect(storage.partials.append('../x', 0, chunks([1]))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await expect(storage.partials.complete('a/../x')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('a file that is written in one go', () => {
  it('is the same whatever the size of its chunks, also beyond what is flushed at a time', async () => {
    const sizes = [1, 0, 255_999, 262_144, 33 * 1024 * 1024, 3];
    expect(await storage.save('d.mp4', chunks(sizes))).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect((await readFile(join(root, 'd.mp4'))).equals(expected(sizes))).toBe(true);
  });
});
