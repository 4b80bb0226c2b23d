import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { makeKey } from '../../helpers/api-keys.ts';
import { runForegsyte } from '../../helpers/run-foregsyte.ts';
import {
  fileAsBlob,
  startService,
  submittedJobId,
  TINY_VIDEO,
  type RunningService,
} from '../../helpers/running-service.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { testBinaries } from '../../helpers/video-tools.ts';
import { waitForSettledJob } from '../../helpers/wait-for-settled-job.ts';

const dataDirectory = temporaryDirectory();
const faultFile = join(dataDirectory, 'fault');
const standIn = join(dataDirectory, 'ffmpeg');
const keys = { ann: '', bob: '' };
let service: RunningService;
/** Jobs that ran out of attempts, in this order: three of ann's, one of bob's, one more of ann's. */
let crashed: string[];
let bobs: string;
let stalled: string;

const statusSchema = z.object({
  status: z.object({ status: z.string(), attempt: z.number(), revision: z.number() }),
});
const STATUS = 'query($id: ID!) { status(jobId: $id) { status attempt revision } }';
type Owner = keyof typeof keys;

const statusOf = async (jobId: string) =>
  statusSchema.parse((await service.request(STATUS, { id: jobId }, keys.ann)).data).status;
const settled = (jobId: string, owner: Owner = 'ann') =>
  waitForSettledJob(service, jobId, { key: keys[owner] });
const failingJob = async (owner: Owner) => {
  const jobId = submittedJobId(await service.submit(await fileAsBlob(TINY_VIDEO), 'a.mp4', {}, keys[owner]));
  expect(await settled(jobId, owner)).toMatchObject({ status: 'FAILED' });
  return jobId;
};
const operator = (...args: string[]) =>
  runForegsyte(['jobs', ...args], { DATABASE_URL: service.database.url });
const listed = async (...args: string[]) =>
  [...(await operator('dead', ...args)).stdout.matchAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g)].map(([id]) => id);

beforeAll(async () => {
  const { ffmpegPath } = await testBinaries();
  await writeFile(
    standIn,
    `#!/bin/sh
fault=$(cat '${faultFile}' 2>/dev/null)
case "$1 $fault" in
  -version*) ;;
  *crash) kill -SEGV $$ ;;
  *stall) exec sleep 600 ;;
esac
exec '${ffmpegPath}' "$@"
`,
    { mode: 0o755 },
  );
  service = await startService({
    dataDirectory,
    worker: true,
    environment: {
      AUTHENTICATION: 'keys',
      FFMPEG_PATH: standIn,
      MAX_ATTEMPTS: '1',
      DECODER_STALL_MS: '3000',
      WORKER_POLL_MS: '50',
      // A sweep would mend what a redrive has left undone.
      SWEEP_INTERVAL_MS: '3600000',
    },
  });
  for (const owner of ['ann', 'bob'] as const) {
    keys[owner] = await makeKey(service.database.url, owner, ['admin']);
  }
  await writeFile(faultFile, 'crash');
  crashed = [await failingJob('ann'), await failingJob('ann'), await failingJob('ann')];
  bobs = await failingJob('bob');
  await writeFile(faultFile, 'stall');
  stalled = await failingJob('ann');
  await rm(faultFile);
});
afterAll(() => service.stop());

describe('foregsyte jobs', () => {
  it('shows all jobs at a glance', async () => {
    const { stdout } = await operator('stats', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      now: { pending: 0, running: 0, deadLetters: 5 },
      windows: [{}, {}, { minutes: 1440, submitted: 5, completed: 0, failed: 5 }],
      failures: [
        { code: 'DECODER_CRASHED', count: 4 },
        { code: 'DECODER_STALLED', count: 1 },
      ],
    });
    expect((await operator('stats')).stdout).toMatch(/Dead letters +5\n/);
  });

  it('lists the dead letters of all owners, the oldest first, by owner, code and number', async () => {
    expect(await listed()).toEqual([...crashed, bobs, stalled]);
    expect(await listed('--owner', 'bob')).toEqual([bobs]);
    expect(await listed('--code', 'DECODER_STALLED')).toEqual([stalled]);
    expect(await listed('--owner', 'bob', '--code', 'DECODER_STALLED')).toEqual([]);
    expect(await listed('--limit', '2')).toEqual(crashed.slice(0, 2));
    const run = await operator('dead', '--limit', '2');
    expect(run).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringContaining('more than these 2'),
    });
    const bob = await operator('dead', '--owner', 'bob');
    expect(bob.stdout).toMatch(
      /│ bob +│ DECODER_CRASHED │ The decoder was ended by .+ │ \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ │/,
    );
    expect(bob.stdout).not.toContain('more than');
  });

  it('shows what would be brought back, and changes nothing', async () => {
    const before = await Promise.all(crashed.map((jobId) => statusOf(jobId)));
    const run = await operator('redrive', '--dry-run', '--code', 'DECODER_CRASHED');
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    for (const jobId of [...crashed, bobs]) expect(run.stdout).toContain(jobId);
    expect(run.stdout).not.toContain(stalled);
    expect(await Promise.all(crashed.map((jobId) => statusOf(jobId)))).toEqual(before);
    expect(await listed()).toHaveLength(5);
  });

  it('brings the oldest that fit back, with all attempts anew, and leaves the others', async () => {
    const [first = '', second = '', third = ''] = crashed;
    const run = await operator('redrive', '--owner', 'ann', '--code', 'DECODER_CRASHED', '--limit', '1');
    expect(run).toMatchObject({ exitCode: 0, stdout: `${first}\n`, stderr: expect.stringContaining('more') });
    expect(await settled(first)).toMatchObject({ status: 'COMPLETED', attempt: 2 });
    expect(await listed()).toEqual([second, third, bobs, stalled]);
  });

  it('has jobs that retryJob brings back over GraphQL as well, and forgets them', async () => {
    const jobId = crashed[2] ?? '';
    const answer = await service.request(
      'mutation($id: ID!) { retryJob(jobId: $id) { id status } }',
      {
        id: jobId,
      },
      keys.ann,
    );
    expect(answer).toMatchObject({ data: { retryJob: { id: jobId } } });
    expect(answer.errors).toBeUndefined();
    expect(await settled(jobId)).toMatchObject({ status: 'COMPLETED', attempt: 2 });
    expect(await listed()).not.toContain(jobId);
  });

  it('brings back all that are left, of whatever owner', async () => {
    const left = await listed();
    expect(left).toContain(bobs);
    const run = await operator('redrive');
    expect(run).toMatchObject({ exitCode: 0, stderr: `${left.length} jobs are queued again.\n` });
    expect(run.stdout.trim().split('\n')).toEqual(left);
    expect(await settled(bobs, 'bob')).toMatchObject({ status: 'COMPLETED' });
    expect(await settled(stalled)).toMatchObject({ status: 'COMPLETED' });
    expect(await operator('dead')).toMatchObject({ exitCode: 0, stdout: 'There are no such jobs.\n' });
    expect(await operator('redrive')).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('exits 2 for a code that is none, and 5 without a database', async () => {
    const [code, database] = await Promise.all([
      operator('redrive', '--code', 'BROKEN'),
      runForegsyte(['jobs', 'redrive'], { DATA_DIR: dataDirectory }),
    ]);
    expect(code).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('docs/errors.md'),
    });
    expect(database).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('DATABASE_UNAVAILABLE') });
  });
});
