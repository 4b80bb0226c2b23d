import { readdir } from 'node:fs/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createQuotas } from '../../../src/access/quotas.ts';
import type { StorageService } from '../../../src/storage/storage-service.ts';
import { createUploads } from '../../../src/uploads/uploads.ts';
import { useTestServices, videoBytes } from '../../helpers/test-services.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const services = useTestServices();
const files = async () =>
  (await readdir(services().storageRoot)).filter((name) => name !== 'tmp' && name !== '.owner').toSorted();
const rows = async () => {
  const found = await services().dataSource.query<unknown[]>('SELECT FROM uploads');
  return found.length;
};

afterEach(async () => {
  const { dataSource, storage } = services();
  await dataSource.query('DELETE FROM uploads');
  for (const name of await files()) await storage.delete(name);
  for await (const { key } of storage.partials.list()) await storage.partials.delete(key);
});

describe('an upload', () => {
  it('goes with the sweep when its time is over', async () => {
    const { uploads, dataSource, sweep } = services();
    const [kept, expired] = [
      await uploads.store('ann', 'a.mp4', videoBytes()),
      await uploads.store('ann', 'a.mp4', videoBytes()),
    ];
    await dataSource.query(`UPDATE uploads SET expires_at = now() WHERE upload_id = $1`, [expired.uploadId]);
    expect(await sweep()).toMatchObject({ expiredUploads: 1 });
    expect(await files()).toEqual([`${kept.uploadId}.mp4`]);
  });

  it('does not expire while its bytes arrive, however long that takes', async () => {
    const { uploads, dataSource } = services();
    const announced = { uploadId: crypto.randomUUID(), owner: 'ann', filename: 'a.mp4', sizeBytes: 3 };
    const upload = await uploads.begin(announced);
    const expireSoon = () => dataSource.query(`UPDATE uploads SET expires_at = now() + interval '1 second'`);
    const isRenewed = async () => {
      const [row] = await dataSource.query<{ renewed: boolean }[]>(
        `SELECT expires_at > now() + interval '20 hours' AS renewed FROM uploads`,
      );
      return row?.renewed === true ? true : undefined;
    };
    const now = jest.spyOn(Date, 'now');
    async function* arriving() {
      await expireSoon();
      yield Buffer.from('a');
      await waitFor(isRenewed, 10_000, 'the upload to be renewed by its first bytes');
      await expireSoon();
      now.mockReturnValue(Date.now() + 6 * 3_600_000);
      yield Buffer.from('b');
      now.mockRestore();
      await waitFor(isRenewed, 10_000, 'the upload to be renewed by its later bytes');
    }
    expect(await uploads.append(upload, 0, arriving())).toBe(2);
  });
});

describe('many expired uploads', () => {
  const expire = (count: number) =>
    services().dataSource.query(
      `INSERT INTO uploads (upload_id, owner, filename, size_bytes, expires_at)
        SELECT gen_random_uuid(), 'ann', 'a.mp4', 1, now() FROM generate_series(1, $1)`,
      [count],
    );

  it('go, each once, though two processes remove them at the same time', async () => {
    await expire(250);
    const { uploads } = services();
    const counts = await Promise.all([
      uploads.removeExpired(new AbortController().signal),
      uploads.removeExpired(new AbortController().signal),
    ]);
    // One that finds the last ones taken leaves off; the other goes on to the end.
    expect(counts.reduce((sum, count) => sum + count)).toBe(250);
    expect(await rows()).toBe(0);
  });

  it('go in parts, and no further one when the sweep is to end', async () => {
    await expire(250);
    const ending = new AbortController();
    const { storage } = services();
    const stopping: StorageService = {
      ...storage,
      delete: (key) => {
        ending.abort();
        return storage.delete(key);
      },
    };
    const quotas = createQuotas({ maxJobsWaiting: 1, maxStoredBytes: 1 });
    const uploads = createUploads({ ...services(), storage: stopping, quotas, ttlMs: 1 });
    const removed = await uploads.removeExpired(ending.signal);
    expect(removed).toBeGreaterThan(0);
    expect(removed).toBeLessThanOrEqual(100);
    expect(await rows()).toBe(250 - removed);
    expect(await uploads.removeExpired(ending.signal)).toBe(0);
  });

  it('do not wait for one that is just being consumed', async () => {
    await expire(3);
    const { dataSource, uploads } = services();
    const consuming = dataSource.createQueryRunner();
    await consuming.startTransaction();
    try {
      await consuming.query(
        'DELETE FROM uploads WHERE upload_id = (SELECT max(upload_id::text)::uuid FROM uploads)',
      );
      expect(await uploads.removeExpired(AbortSignal.timeout(10_000))).toBe(2);
      await consuming.commitTransaction();
    } finally {
      await consuming.release();
    }
    expect(await rows()).toBe(0);
  });
});
