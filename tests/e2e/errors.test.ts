import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { z } from 'zod';
import { ERROR_CODE_NAMES, ERROR_CODES, type ErrorCode } from '../../src/error-codes.ts';
import { makeKey } from '../helpers/api-keys.ts';
import { completeJob } from '../helpers/completed-job.ts';
import {
  fileAsBlob,
  startService,
  TINY_VIDEO,
  type RunningService,
  submittedJobId,
} from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const REQUESTS_PER_MINUTE = 300;
const dataDirectory = temporaryDirectory();
const keys = { ann: '', reader: '', greedy: '' };
let service: RunningService;
let admin: Client;
let video: Blob;

beforeAll(async () => {
  service = await startService({
    dataDirectory,
    worker: false,
    environment: {
      NODE_ENV: 'production',
      AUTHENTICATION: 'keys',
      MAX_UPLOAD_BYTES: '500000',
      MAX_JOBS_WAITING: '5',
      REQUESTS_PER_MINUTE: String(REQUESTS_PER_MINUTE),
    },
  });
  const { url } = service.database;
  keys.ann = await makeKey(url, 'ann', ['admin']);
  keys.reader = await makeKey(url, 'ann', ['read']);
  keys.greedy = await makeKey(url, 'greedy', ['admin']);
  admin = new Client({ connectionString: new URL('/postgres', url).href });
  await admin.connect();
  video = await fileAsBlob(TINY_VIDEO);
});
afterAll(async () => {
  await admin.end();
  await service.stop();
});

const query = (text: string, variables = {}, key = keys.ann) => service.request(text, variables, key);
const submit = (variables = {}, file = video) => service.submit(file, 'a.mp4', variables, keys.ann);
const act = (field: string, jobId: string) =>
  query(`mutation($id: ID!) { ${field}(jobId: $id) { id } }`, { id: jobId });
const database = async (sql: string) => {
  const client = new Client({ connectionString: service.database.url });
  await client.connect();
  await client.query(sql);
  await client.end();
};
const sendPlain = async (path: string, init: RequestInit, key?: string) => {
  const response = await service.fetch(path, init, key);
  return { status: response.status, body: z.record(z.string(), z.unknown()).parse(await response.json()) };
};

/** How each code that an answer can carry is provoked; by GraphQL where it can be, else by a plain route. */
const PROVOKED: Record<
  string,
  () => Promise<{ status?: number; extensions: Record<string, unknown> | undefined }>
> = {
  INVALID_VIDEO: async () => graphqlError(await submit({}, new Blob(['no video']))),
  UNSUPPORTED_MEDIA: async () => graphqlError(await submit({}, new Blob(['x'], { type: 'image/png' }))),
  FILE_TOO_LARGE: async () =>
    graphqlError(await submit({}, new Blob([await video.arrayBuffer(), new Uint8Array(500_000)]))),
  UPLOAD_INTERRUPTED: async () => {
    const head =
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\nContent-Type: video/mp4\r\n\r\n';
    const body = new Blob([head, (await video.arrayBuffer()).slice(0, 1000)]);
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    return plainError(await sendPlain('/video/submit', { method: 'POST', headers, body }, keys.ann));
  },
  UPLOAD_NOT_FOUND: async () =>
    graphqlError(
      await query('mutation($id: ID!) { submitVideo(uploadId: $id) { id } }', { id: randomUUID() }),
    ),
  INVALID_ARGUMENT: async () => graphqlError(await submit({ options: { samplesPerSecond: 1000 } })),
  UNKNOWN_PIPELINE: async () => graphqlError(await submit({ pipelineId: 'nope' })),
  JOB_NOT_FOUND: async () => graphqlError(await act('cancelJob', randomUUID())),
  JOB_NOT_COMPLETED: async () => {
    const jobId = submittedJobId(await submit());
    return graphqlError(await query('query($id: ID!) { results(jobId: $id) { jobId } }', { id: jobId }));
  },
  JOB_NOT_CANCELABLE: async () => {
    const jobId = submittedJobId(await submit());
    await act('cancelJob', jobId);
    return graphqlError(await act('cancelJob', jobId));
  },
  JOB_NOT_RETRYABLE: async () => graphqlError(await act('retryJob', submittedJobId(await submit()))),
  IDEMPOTENCY_KEY_REUSED: async () => {
    await submit({ idempotencyKey: 'k' });
    return graphqlError(await submit({ idempotencyKey: 'k', priority: 9 }));
  },
  QUOTA_EXCEEDED: async () => {
    for (let waiting = 0; waiting < 5; waiting += 1) await submit();
    return graphqlError(await submit());
  },
  UNAUTHENTICATED: async () => plainError(await sendPlain('/video/status/x', {})),
  FORBIDDEN: async () =>
    graphqlError(
      await query('mutation($id: ID!) { deleteJob(jobId: $id) }', { id: randomUUID() }, keys.reader),
    ),
  QUERY_TOO_COMPLEX: async () => graphqlError(await query('{ jobs(first: 100000) { nodes { id } } }')),
  NOT_FOUND: async () => plainError(await sendPlain('/nothing', {}, keys.ann)),
  STORAGE_FAILED: async () => {
    await database(`UPDATE jobs SET status = 'canceled' WHERE status = 'pending'`);
    const jobId = submittedJobId(await submit());
    await completeJob(service, jobId);
    await rm(join(dataDirectory, 'storage', `${jobId}_1_results.index`));
    return graphqlError(await query('query($id: ID!) { results(jobId: $id) { jobId } }', { id: jobId }));
  },
  STORAGE_FULL: async () => {
    const environment = { MIN_FREE_BYTES: String(2 ** 49) };
    const full = await startService({ dataDirectory, worker: false, environment });
    try {
      return graphqlError(await full.submit(video));
    } finally {
      await full.stop();
    }
  },
  DATABASE_UNAVAILABLE: async () => {
    const name = new URL(service.database.url).pathname.slice(1);
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    try {
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      return plainError(await sendPlain('/video/status/x', {}, keys.ann));
    } finally {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    }
  },
  INTERNAL_SERVER_ERROR: async () => {
    await database('ALTER TABLE jobs RENAME TO lost');
    try {
      return graphqlError(await query('{ jobs { nodes { id } } }'));
    } finally {
      await database('ALTER TABLE lost RENAME TO jobs');
    }
  },
  RATE_LIMITED: async () => {
    const tries = Array.from({ length: REQUESTS_PER_MINUTE }, () =>
      service.fetch('/video/status/x', {}, keys.greedy),
    );
    for (const answer of await Promise.all(tries)) await answer.arrayBuffer();
    return plainError(await sendPlain('/video/status/x', {}, keys.greedy));
  },
};

function graphqlError(answer: Awaited<ReturnType<typeof query>>) {
  return { extensions: answer.errors?.[0]?.extensions };
}
function plainError({ status, body }: Awaited<ReturnType<typeof sendPlain>>) {
  expect(body['detail']).toEqual(expect.any(String));
  return { status, extensions: body };
}

const requestCodes = ERROR_CODE_NAMES.filter((code) =>
  ERROR_CODES[code].seenIn.some((place) => place === 'request'),
);
const jobCodes = ERROR_CODE_NAMES.filter((code) => ERROR_CODES[code].seenIn.some((place) => place === 'job'));

describe('the table of errors', () => {
  it('has a way to provoke each code of an answer, and no other', () => {
    expect(Object.keys(PROVOKED).toSorted()).toEqual(requestCodes.toSorted());
  });

  it.each(requestCodes)('%s', async (code: ErrorCode) => {
    const provoke = PROVOKED[code];
    if (!provoke) throw new Error('no way to provoke it');
    const { status, extensions } = await provoke();
    const facts = ERROR_CODES[code];
    expect(extensions).toMatchObject({ code });
    if (status !== undefined) expect(status).toBe(facts.httpStatus);
    if (code === 'INTERNAL_SERVER_ERROR') {
      expect(extensions).toEqual({ code, correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    } else {
      expect(extensions).toMatchObject({ retryable: facts.retryable });
    }
    if (code === 'RATE_LIMITED') {
      expect(Number(extensions?.['retryAfterMs'])).toBeGreaterThan(0);
      expect(Number(extensions?.['retryAfterMs'])).toBeLessThanOrEqual(60_000);
    }
    if (code === 'INVALID_ARGUMENT') {
      expect(extensions).toMatchObject({ argument: 'options.samplesPerSecond', min: 0.01, max: 60 });
    }
    expect(JSON.stringify(extensions)).not.toMatch(/\/(tmp|work|home|root)\/|SELECT|INSERT|postgres/i);
  });

  it.each(jobCodes)('%s, as the error of a job', async (code: ErrorCode) => {
    await database(`UPDATE jobs SET status = 'canceled' WHERE status = 'pending'`);
    const jobId = submittedJobId(await submit());
    await database(
      `UPDATE jobs SET status = 'failed', error_code = '${code}', error_message = 'Why.' WHERE job_id = '${jobId}'`,
    );
    const text = 'query($id: ID!) { status(jobId: $id) { errorCode errorMessage retryable } }';
    expect((await query(text, { id: jobId })).data).toEqual({
      status: { errorCode: code, errorMessage: 'Why.', retryable: ERROR_CODES[code].retryable },
    });
  });

  it('is answered by the service itself', async () => {
    const { data } = await query('{ service { errors { code httpStatus retryable when remedy } } }');
    expect(data).toEqual({
      service: {
        errors: Object.entries(ERROR_CODES).map(([code, { httpStatus, retryable, when, remedy }]) => ({
          code,
          httpStatus,
          retryable,
          when,
          remedy,
        })),
      },
    });
  });
});
