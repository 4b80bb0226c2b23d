import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createLocalStorage } from '../../../src/storage/local-storage.ts';
import { createAssertOwnStorage } from '../../../src/sweep/assert-own-storage.ts';
import { useSweptStorage } from '../../helpers/swept-storage.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const { services, sweep, leave, names } = useSweptStorage();
const unclaimed = temporaryDirectory();
const nameDatabase = (id: string) =>
  services().dataSource.query('UPDATE service_identity SET database_id = $1', [id]);

let own: string;
beforeAll(async () => {
  const rows: unknown = await services().dataSource.query('SELECT database_id AS id FROM service_identity');
  own = z.tuple([z.object({ id: z.uuid() })]).parse(rows)[0].id;
});
afterEach(() => nameDatabase(own));

describe('a storage', () => {
  it('is swept by the database that came first, and by no other', async () => {
    await nameDatabase(randomUUID());
    const videos = await leave(`${randomUUID()}.mp4`, `${randomUUID()}.mp4`);
    // Steps that fail are missing from the report.
    expect(await sweep()).not.toHaveProperty('orphanedFiles');
    expect(await names()).toEqual(expect.arrayContaining(videos));
    await nameDatabase(own);
    expect(await sweep()).toMatchObject({ orphanedFiles: 2 });
  });

  it('is claimed by one of several that come at the same time', async () => {
    const storage = await createLocalStorage(join(unclaimed, 'storage'));
    const owners = Array.from({ length: 8 }, () => randomUUID());
    const claims = await Promise.all(owners.map((owner) => storage.claim(owner)));
    expect(claims.filter((isOurs) => isOurs)).toHaveLength(1);
    const winner = owners[claims.indexOf(true)] ?? '';
    expect(await storage.claim(winner)).toBe(true);
    expect(await storage.claim(randomUUID())).toBe(false);
  });

  it('of another database is told of in words that say what to do', async () => {
    const { dataSource, storage } = services();
    await nameDatabase(randomUUID());
    await expect(createAssertOwnStorage({ dataSource, storage })()).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('DATABASE_URL'),
    });
  });
});
