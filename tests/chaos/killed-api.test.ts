import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { expectNothingLost, storedFiles, sweepAll } from '../helpers/chaos-invariants.ts';
import { useChaosService } from '../helpers/chaos-service.ts';
import { holdLock, type HeldLock, waitUntilBlocked } from '../helpers/chaos-sql.ts';
import { fileAsBlob, SUBMIT, submittedJobId, TINY_VIDEO } from '../helpers/running-service.ts';
import { waitFor } from '../helpers/wait-for.ts';

const service = useChaosService();
const BOUNDARY = 'a-boundary';
const VARIABLES = { idempotencyKey: 'once' };

/** The beginning of a GraphQL request that submits a file. */
function formUntilFile(): string {
  const part = (head: string, body: string) =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}`;
  const operations = JSON.stringify({ query: SUBMIT, variables: { ...VARIABLES, file: null } });
  const file = 'name="0"; filename="a.mp4"\r\nContent-Type: video/mp4';
  return `${part('name="operations"', operations)}\r\n${part('name="map"', '{"0":["variables.file"]}')}\r\n${part(file, '')}`;
}

async function submit(): Promise<string> {
  return submittedJobId(
    await service()
      .client()
      .submit(await fileAsBlob(TINY_VIDEO), 'a.mp4', VARIABLES),
  );
}

/** Kills the API, and starts another. */
async function killApi(): Promise<void> {
  const api = service().api();
  process.kill(api.pid, 'SIGKILL');
  await api.exited;
  await service().startApi();
}

const rows = async () => {
  const [counts] = await service().sql(`SELECT (SELECT count(*)::int FROM jobs) AS jobs,
    (SELECT count(*)::int FROM uploads) AS uploads, (SELECT count(*)::int FROM pgboss.job) AS entries`);
  return counts;
};
let lock: HeldLock | undefined;
const hold = async (text: string) => {
  lock = await holdLock(service().databaseUrl, text, []);
};
const release = async () => {
  await lock?.release();
  lock = undefined;
};
const NOTHING = { jobs: 0, uploads: 0, entries: 0 };

describe('an API that is killed', () => {
  afterEach(async () => {
    await release();
    // A client that never got an answer repeats its request.
    const jobId = await submit();
    expect(await submit()).toBe(jobId);
    await sweepAll(service());
    expect(await storedFiles(service())).toEqual([`${jobId}.mp4`]);
    expect(await rows()).toEqual({ jobs: 1, uploads: 0, entries: 1 });
    const answer = await service().client().request(`mutation { deleteJob(jobId: "${jobId}") }`);
    expect(answer.errors).toBeUndefined();
  });

  it.each([
    ['a raw upload', '/uploads', { 'content-type': 'video/mp4' }, ''],
    [
      'a submission',
      '/graphql',
      { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, 'apollo-require-preflight': 'true' },
      formUntilFile(),
    ],
  ])('keeps nothing of %s that was arriving', async (_what, path, headers, beginning) => {
    const sent = request(`${service().client().url}${path}`, { method: 'POST', headers });
    const broken = once(sent, 'error');
    const video = await readFile(TINY_VIDEO);
    sent.write(Buffer.concat([Buffer.from(beginning), video.subarray(0, video.length / 2)]));
    const arrived = async () => ((await storedFiles(service())).length > 0 ? true : undefined);
    await waitFor(arrived, 10_000, 'a file of the upload');
    await killApi();
    await broken;
    expect(await rows()).toEqual(NOTHING);
    await sweepAll(service());
    expect(await storedFiles(service())).toEqual([]);
  });

  it('keeps no video whose row it did not get to write', async () => {
    await hold(`SELECT pg_advisory_xact_lock(hashtextextended('foregsyte owner local', 0))`);
    const broken = expect(submit()).rejects.toThrow('fetch failed');
    await waitUntilBlocked(service().sql, 'SELECT pg_advisory_xact_lock');
    expect(await storedFiles(service())).toContainEqual(expect.stringMatching(/^[^/]*\.mp4$/));
    await killApi();
    await broken;
    await release();
    expect(await rows()).toEqual(NOTHING);
    await sweepAll(service());
    expect(await storedFiles(service())).toEqual([]);
  });

  it('keeps a video whose job it did not get to commit as an upload, until that expires', async () => {
    // The job's row is written when its entry is, and both are not committed.
    await hold('LOCK TABLE pgboss.job IN SHARE ROW EXCLUSIVE MODE');
    const broken = expect(submit()).rejects.toThrow('fetch failed');
    await waitUntilBlocked(service().sql, 'INSERT INTO pgboss.');
    await killApi();
    await broken;
    await release();
    await sweepAll(service());
    expect(await rows()).toEqual({ ...NOTHING, uploads: 1 });
    expect(await storedFiles(service())).toHaveLength(1);
    await service().sql('UPDATE uploads SET expires_at = now()');
    await sweepAll(service());
    expect(await storedFiles(service())).toEqual([]);
  });
});

it('leaves nothing behind', () => expectNothingLost(service(), new Map(), ''));
