import { randomUUID } from 'node:crypto';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { connectDataSource } from '../../src/database/data-source.ts';
import {
  fileAsBlob,
  startService,
  submittedJobId,
  TINY_VIDEO,
  type RunningService,
} from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitFor } from '../helpers/wait-for.ts';

const HOUR_MS = 3_600_000;
const dataDirectory = temporaryDirectory();
const storage = join(dataDirectory, 'storage');
let service: RunningService;

const left = [`${randomUUID()}.mp4`, `${randomUUID()}_1_results.json`, `${randomUUID()}.part`];
const young = `${randomUUID()}.part`;

beforeAll(async () => {
  await mkdir(join(storage, 'tmp'), { recursive: true });
  for (const name of [...left, young]) {
    const path = join(storage, name.endsWith('.part') ? 'tmp' : '.', name);
    await writeFile(path, 'x');
    if (name !== young) await utimes(path, new Date(), new Date(Date.now() - 2 * HOUR_MS));
  }
  service = await startService({
    dataDirectory,
    worker: false,
    environment: { RETENTION_CANCELED_HOURS: '3', SWEEP_INTERVAL_MS: '100' },
  });
});
afterAll(() => service.stop());

const submit = async () => submittedJobId(await service.submit(await fileAsBlob(TINY_VIDEO)));
const stored = async () =>
  (await readdir(storage)).filter((name) => name !== 'tmp' && name !== '.owner').toSorted();
const timesSchema = z.object({ finishedAt: z.string().nullable(), expiresAt: z.string().nullable() });

describe('files that a crash left', () => {
  it('are gone soon after the service has started; one that might be in work is not', async () => {
    const names = async () => [...(await stored()), ...(await readdir(join(storage, 'tmp')))];
    const isSwept = async () => ((await names()).some((name) => left.includes(name)) ? undefined : true);
    await waitFor(isSwept, 10_000, 'the files to go');
    expect(await names()).toContain(young);
  });
});

describe('a settled job', () => {
  it('says when it expires, and then the running service removes it with its file', async () => {
    const jobId = await submit();
    const kept = await submit();
    const times = async (operation: string) => {
      const { data } = await service.request(`${operation}(jobId: "${jobId}") { finishedAt expiresAt } }`);
      return timesSchema.parse(Object.values(data ?? {})[0]);
    };
    expect((await times('{ status')).expiresAt).toBeNull();
    const { finishedAt, expiresAt } = await times('mutation { cancelJob');
    expect(Date.parse(expiresAt ?? '') - Date.parse(finishedAt ?? '')).toBe(3 * HOUR_MS);
    expect(await times('{ status')).toEqual({ finishedAt, expiresAt });
    expect((await times('mutation { retryJob')).expiresAt).toBeNull();
    await times('mutation { cancelJob');

    const limits = await service.request('{ service { limits { retentionCanceledHours } } }');
    expect(limits.data).toEqual({ service: { limits: { retentionCanceledHours: 3 } } });

    const dataSource = await connectDataSource(service.database.url);
    try {
      await dataSource.query(`UPDATE jobs SET finished_at = now() - interval '3 hours' WHERE job_id = $1`, [
        jobId,
      ]);
    } finally {
      await dataSource.destroy();
    }
    const isGone = async () => {
      const answer = await service.request(`{ status(jobId: "${jobId}") { id } }`);
      return answer.errors?.[0]?.extensions['code'] === 'JOB_NOT_FOUND' ? true : undefined;
    };
    await waitFor(isGone, 10_000, 'the job to expire');
    const isFileGone = async () => ((await stored()).includes(`${jobId}.mp4`) ? undefined : true);
    await waitFor(isFileGone, 10_000, 'its file to go');
    expect(await stored()).toEqual([`${kept}.mp4`]);
  });
});
