import { open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { systemCalls, type FileCalls } from '../../../src/storage/file-calls.ts';
import { createLocalStorage } from '../../../src/storage/local-storage.ts';
import { describeOnSmallDisk } from '../../helpers/small-disk.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const MIB = 1024 * 1024;
const root = temporaryDirectory();
const chunk = Buffer.alloc(MIB, 7);

async function* bytes(size: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; left -= MIB) yield chunk.subarray(0, left);
}

/** How many bytes it takes until a call is made: what was written so far is put on the disk now and then. */
const sizeFor = (call: string): number => (call === 'fdatasync' ? 65 : 2) * MIB;

function errno(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: made up, ${syscall} '/secret/path'`), { code, syscall });
}

/** The calls of the operating system, of which one kind fails from its `nth` time on. */
function failingCalls(what: string, code: string, nth = 1): FileCalls {
  let times = 0;
  const fails = (call: string) => call === what && (times += 1) >= nth;
  const failing = async <T>(call: string, work: () => Promise<T>): Promise<T> => {
    if (fails(call)) throw errno(code, call);
    return work();
  };
  return {
    async open(path, flags, mode) {
      if (fails('open')) throw errno(code, 'open');
      const handle = await open(path, flags, mode);
      const isFolder = (await handle.stat()).isDirectory();
      const [writev, sync, datasync] = [
        handle.writev.bind(handle),
        handle.sync.bind(handle),
        handle.datasync.bind(handle),
      ];
      return Object.assign(handle, {
        writev: (buffers: readonly Uint8Array[]) => failing('write', () => writev(buffers)),
        sync: () => failing(isFolder ? 'fsync of the folder' : 'fsync', sync),
        datasync: () => failing('fdatasync', datasync),
      });
    },
    async rename(from, to) {
      await failing('rename', () => rename(from, to));
    },
  };
}

const calls = ['open', 'write', 'fdatasync', 'fsync', 'rename', 'fsync of the folder'];
const answers = [
  ['ENOSPC', 'STORAGE_FULL'],
  ['EDQUOT', 'STORAGE_FULL'],
  ['EIO', 'STORAGE_FAILED'],
  ['EACCES', 'STORAGE_FAILED'],
] as const;
const cases = calls.flatMap((call) => answers.map(([code, ours]) => [call, code, ours] as const));

describe('a disk that fails', () => {
  it.each(cases)('at %s with %s: the save is %s and nothing is left', async (call, code, ours) => {
    const storage = await createLocalStorage(root, failingCalls(call, code));
    const saving = storage.save('a.mp4', bytes(sizeFor(call)));
    await expect(saving).rejects.toMatchObject({ code: ours, retryable: true });
    await expect(saving).rejects.not.toThrow(/secret/);
    expect(await readdir(root)).toEqual(['tmp']);
    expect(await readdir(join(root, 'tmp'))).toEqual([]);
  });

  it('in the middle of a file leaves nothing of what it took before', async () => {
    const storage = await createLocalStorage(root, failingCalls('write', 'ENOSPC', 5));
    await expect(storage.save('a.mp4', bytes(20 * MIB))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(await readdir(join(root, 'tmp'))).toEqual([]);
  });

  it('leaves the file alone that was to be replaced', async () => {
    const sound = await createLocalStorage(root);
    await sound.save('old.txt', bytes(3));
    const failing = await createLocalStorage(root, failingCalls('fsync', 'EIO'));
    await expect(failing.save('old.txt', bytes(10))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await text(await sound.open('old.txt'))).toBe('\x07\x07\x07');
    await sound.delete('old.txt');
  });

  it.each(['write', 'fdatasync', 'fsync'])(
    'at %s of a part: nobody knows what arrived, so the resumable file begins anew',
    async (call) => {
      const sound = await createLocalStorage(root);
      await sound.partials.append('p.mp4', 0, bytes(10));
      const failing = await createLocalStorage(root, failingCalls(call, 'EIO'));
      await expect(failing.partials.append('p.mp4', 10, bytes(sizeFor(call)))).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
      });
      expect(await sound.partials.size('p.mp4')).toBe(0);
      expect(await readdir(join(root, 'tmp'))).toEqual([]);
    },
  );

  it('is not blamed for a client whose connection broke: what has arrived stays', async () => {
    const storage = await createLocalStorage(root);
    async function* broken() {
      yield* bytes(10);
      throw errno('ECONNRESET', 'read');
    }
    await expect(storage.partials.append('c.mp4', 0, broken())).rejects.toThrow();
    expect(await storage.partials.size('c.mp4')).toBe(10);
    await storage.partials.delete('c.mp4');
  });
});

describeOnSmallDisk(16, 'a real disk that is full', (folder) => {
  it('is STORAGE_FULL, leaves nothing, and takes a smaller file at once', async () => {
    const storage = await createLocalStorage(folder, systemCalls);
    const free = await storage.freeBytes();
    expect(free).toBeGreaterThan(15 * MIB);
    await expect(storage.save('a.mp4', bytes(20 * MIB))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
    expect(await storage.freeBytes()).toBe(free);
    expect(await storage.save('a.mp4', bytes(10 * MIB))).toBe(10 * MIB);
    expect(await storage.freeBytes()).toBe(free - 10 * MIB);

    await expect(storage.partials.append('b.mp4', 0, bytes(10 * MIB))).rejects.toMatchObject({
      code: 'STORAGE_FULL',
    });
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  });
});
