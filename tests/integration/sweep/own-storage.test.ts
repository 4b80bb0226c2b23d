import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createAssertOwnStorage } from '../../../src/sweep/assert-own-storage.ts';
import { useSweptStorage } from '../../helpers/swept-storage.ts';

const { services, sweep, leave, names } = useSweptStorage();
const nameDatabase = (id: string) =>
  services().dataSource.query('UPDATE service_identity SET database_id = $1', [id]);

const own = randomUUID();
afterEach(() => nameDatabase(own));

describe('a storage', () => {
  it('is swept by the database that swept it first, and by no other', async () => {
    await nameDatabase(own);
    await sweep();
    await nameDatabase(randomUUID());
    const videos = await leave(`${randomUUID()}.mp4`, `${randomUUID()}.mp4`);
    // Steps that fail are missing from the report.
    expect(await sweep()).not.toHaveProperty('orphanedFiles');
    expect(await names()).toEqual(expect.arrayContaining(videos));
    await nameDatabase(own);
    expect(await sweep()).toMatchObject({ orphanedFiles: 2 });
  });

  it('is claimed by one of several that come at the same time', async () => {
    const { dataSource, storage } = services();
    await nameDatabase(own);
    const claim = () => createAssertOwnStorage({ dataSource, storage })();
    await Promise.all([claim(), claim(), claim()]);
    await nameDatabase(randomUUID());
    await expect(claim()).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('DATABASE_URL'),
    });
  });
});
