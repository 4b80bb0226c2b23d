import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { makeKey } from '../helpers/api-keys.ts';
import {
  fileAsBlob,
  startService,
  submittedJobId,
  TINY_VIDEO,
  type RunningService,
} from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitForSettledJob } from '../helpers/wait-for-settled-job.ts';

const dataDirectory = temporaryDirectory();
const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
const lineSchema = z.object({
  name: z.string(),
  msg: z.string(),
  requestId: z.string().optional(),
  jobId: z.string().optional(),
  attempt: z.number().optional(),
});
let service: RunningService;
let key: string;
let jobId: string;

const textOf = (process: 'api' | 'worker') => readFile(join(dataDirectory, `${process}.log`), 'utf8');
const linesOf = async (process: 'api' | 'worker') =>
  (await textOf(process))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => lineSchema.parse(JSON.parse(line)));

beforeAll(async () => {
  service = await startService({
    dataDirectory,
    worker: true,
    environment: { AUTHENTICATION: 'keys', LOG_LEVEL: 'debug', WORKER_POLL_MS: '50' },
  });
  key = await makeKey(service.database.url, 'ann', ['admin']);
  jobId = submittedJobId(await service.submit(await fileAsBlob(TINY_VIDEO), 'tiny.mp4', {}, key));
  expect(await waitForSettledJob(service, jobId, { key })).toMatchObject({ status: 'COMPLETED' });
});
afterAll(() => service.stop());

describe('the log', () => {
  it('has one line for each transition of a job, with the job and the attempt', async () => {
    const lines = [...(await linesOf('api')), ...(await linesOf('worker'))];
    const transitions = lines.filter(({ msg }) => msg.startsWith(`job ${jobId}: `));
    expect(transitions.map(({ name, msg }) => [name, msg.replace(`job ${jobId}: `, '')])).toEqual([
      ['api', 'submitted'],
      ['worker', 'pending -> running'],
      ['worker', 'running -> completed'],
    ]);
    expect(transitions.slice(1)).toMatchObject([
      { jobId, attempt: 1 },
      { jobId, attempt: 1 },
    ]);
  });

  it('names the request on every line that is written for it', async () => {
    const submitted = (await linesOf('api')).find(({ msg }) => msg === `job ${jobId}: submitted`);
    expect(submitted?.requestId).toMatch(UUID);

    const answer = await service.fetch(
      '/graphql',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-request-id': 'proxy-7' },
        body: JSON.stringify({
          query: 'mutation($id: ID!) { deleteJob(jobId: $id) }',
          variables: { id: jobId },
        }),
      },
      key,
    );
    expect(await answer.json()).toEqual({ data: { deleteJob: expect.anything() } });
    expect(answer.headers.get('x-request-id')).toBe('proxy-7');
    const deleted = (await linesOf('api')).find(({ msg }) => msg === `job ${jobId}: deleted`);
    expect(deleted).toMatchObject({ jobId, requestId: 'proxy-7' });
  });

  it.each(['two words', '<script>', 'x'.repeat(101), ''])(
    'takes no %p for the id of a request',
    async (id) => {
      const answer = await service.fetch('/healthz', { headers: { 'x-request-id': id } });
      expect(answer.headers.get('x-request-id')).toMatch(UUID);
    },
  );

  it('holds neither keys nor passwords nor what files hold', async () => {
    const text = (await textOf('api')) + (await textOf('worker'));
    const { password } = new URL(service.database.url);
    expect(password.length).toBeGreaterThan(8);
    for (const secret of [key, key.slice(-20), password, 'ftypisom']) expect(text).not.toContain(secret);
  });
});
