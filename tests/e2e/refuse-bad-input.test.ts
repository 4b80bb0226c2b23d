import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { z } from 'zod';
import {
  fileAsBlob,
  startService,
  SUBMIT,
  TINY_VIDEO,
  type RunningService,
  submittedJobId,
} from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitFor } from '../helpers/wait-for.ts';

const MAX_UPLOAD_BYTES = 1_000_000;
const MP4_START = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomiso2', 'latin1');
const dataDirectory = temporaryDirectory();
let service: RunningService;

beforeAll(async () => {
  // No worker: what is accepted stays pending.
  service = await startService({
    dataDirectory,
    worker: false,
    environment: { MAX_UPLOAD_BYTES: String(MAX_UPLOAD_BYTES) },
  });
});
afterAll(() => service.stop());

const countRows = async (): Promise<number> => {
  const client = new Client({ connectionString: service.database.url });
  await client.connect();
  const { rows } = await client.query('SELECT count(*)::int AS count FROM jobs');
  await client.end();
  return z.tuple([z.object({ count: z.number() })]).parse(rows)[0].count;
};
const listFiles = async () => {
  const storage = join(dataDirectory, 'storage');
  return [...(await readdir(storage)), ...(await readdir(join(storage, 'tmp')))].filter(
    (name) => name !== 'tmp' && name !== '.owner',
  );
};

/** Runs `attempt` and checks that it left neither a row nor, in the end, a file. */
async function expectNothingLeft(attempt: () => Promise<void>): Promise<void> {
  const before = { rows: await countRows(), files: (await listFiles()).length };
  await attempt();
  await waitFor(
    async () => ((await listFiles()).length === before.files ? true : undefined),
    10_000,
    'temporary files to be gone',
  );
  expect(await countRows()).toBe(before.rows);
}

describe('an upload that cannot be a video', () => {
  it.each([
    ['an empty file', Buffer.alloc(0), 'INVALID_VIDEO'],
    ['a text file named .mp4', Buffer.from('This is no video at all. '.repeat(20)), 'INVALID_VIDEO'],
    [
      'a file over the size limit',
      Buffer.concat([MP4_START, Buffer.alloc(MAX_UPLOAD_BYTES)]),
      'FILE_TOO_LARGE',
    ],
  ])('%s is refused and leaves nothing', async (_what, bytes, code) => {
    await expectNothingLeft(async () => {
      const answer = await service.submit(new Blob([bytes]));
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code, retryable: false });
    });
  });

  it('a request without a file is refused', async () => {
    const answer = await service.request(SUBMIT, { file: null });
    expect(answer.errors?.[0]?.extensions['code']).toBe('INVALID_ARGUMENT');
    const form = new FormData();
    form.set('operations', JSON.stringify({ query: SUBMIT, variables: { file: null } }));
    form.set('map', JSON.stringify({ 0: ['variables.file'] }));
    const headers = { 'apollo-require-preflight': 'true' };
    const response = await fetch(`${service.url}/graphql`, { method: 'POST', headers, body: form });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'INVALID_ARGUMENT' } }] });
  });

  it('a client that sends far too much is answered and cut off before it has sent everything', async () => {
    await expectNothingLeft(async () => {
      const { sent, body } = await sendEndlessly(service.url);
      expect(body).toContain('FILE_TOO_LARGE');
      expect(sent).toBeLessThan(200 * MAX_UPLOAD_BYTES);
    });
  });

  it('a client that hangs up in mid-upload leaves no row and no file', async () => {
    await expectNothingLeft(() => hangUp(service.url));
  });
});

describe('arguments', () => {
  it('an unknown pipeline is refused before the file is stored', async () => {
    await expectNothingLeft(async () => {
      const answer = await service.submit(await fileAsBlob(TINY_VIDEO), 'a.mp4', { pipelineId: 'nope' });
      expect(answer.errors?.[0]?.extensions['code']).toBe('UNKNOWN_PIPELINE');
    });
  });

  it('options out of their limits name the option and the limits', async () => {
    const answer = await service.submit(await fileAsBlob(TINY_VIDEO), 'a.mp4', {
      options: { minConfidence: 2 },
    });
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: 'INVALID_ARGUMENT',
      argument: 'options.minConfidence',
      max: 1,
    });
  });

  it.each([
    ['job', 'query($id: ID!) { job(id: $id) { id } }'],
    ['status', 'query($id: ID!) { status(jobId: $id) { status } }'],
    ['results', 'query($id: ID!) { results(jobId: $id) { jobId } }'],
  ])('%s: an id that is no UUID, and one that no job has', async (_name, query) => {
    const malformed = await service.request(query, { id: "1' OR '1'='1" });
    expect(malformed.errors?.[0]?.extensions['code']).toBe('INVALID_ARGUMENT');
    const unknown = await service.request(query, { id: randomUUID() });
    expect(unknown.errors?.[0]?.extensions['code']).toBe('JOB_NOT_FOUND');
  });

  it('results of a job that is not completed say where it is', async () => {
    const answer = await service.submit(await fileAsBlob(TINY_VIDEO));
    const id = submittedJobId(answer);
    const results = await service.request('query($id: ID!) { results(jobId: $id) { jobId } }', { id });
    expect(results.errors?.[0]?.extensions).toMatchObject({ code: 'JOB_NOT_COMPLETED', status: 'PENDING' });
  });

  it('a cross-site form is refused', async () => {
    const form = new FormData();
    form.set('operations', JSON.stringify({ query: '{ __typename }' }));
    form.set('map', '{}');
    const response = await fetch(`${service.url}/graphql`, { method: 'POST', body: form });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('CSRF');
  });
});

function openUpload(url: string) {
  const boundary = 'test-boundary';
  const request = httpRequest(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'apollo-require-preflight': 'true',
    },
  });
  const field = (name: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  request.write(field('operations', JSON.stringify({ query: SUBMIT, variables: { file: null } })));
  request.write(field('map', JSON.stringify({ 0: ['variables.file'] })));
  const disposition = `Content-Disposition: form-data; name="0"; filename="a.mp4"\r\nContent-Type: video/mp4`;
  request.write(`--${boundary}\r\n${disposition}\r\n\r\n`);
  request.write(Buffer.concat([MP4_START, Buffer.alloc(100_000)]));
  return request;
}

/** Sends half a file, waits until its bytes are being stored, and drops the connection. */
async function hangUp(url: string): Promise<void> {
  const request = openUpload(url);
  const closed = new Promise<void>((resolve) => {
    request.on('error', () => {}).on('close', resolve);
  });
  await waitFor(
    async () => ((await listFiles()).some((name) => name.endsWith('.part')) ? true : undefined),
    10_000,
    'a part file',
  );
  request.destroy();
  await closed;
}

/** Sends bytes without end until the service closes the connection. */
async function sendEndlessly(url: string): Promise<{ sent: number; body: string }> {
  const request = openUpload(url);
  const chunk = Buffer.alloc(100_000);
  let sent = 0;
  let body = '';
  return new Promise((resolve) => {
    const write = () => {
      while (!request.destroyed && request.write(chunk)) sent += chunk.length;
    };
    request.on('drain', write);
    request.on('response', (response) => response.on('data', (data: Buffer) => (body += data.toString())));
    request.on('error', () => {});
    request.on('close', () => resolve({ sent, body }));
    write();
  });
}
