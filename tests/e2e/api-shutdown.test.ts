import { readdir, readFile } from 'node:fs/promises';
import { request as httpRequest, type ClientRequest } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startFreezingProxy, type FreezingProxy } from '../helpers/freezing-proxy.ts';
import { startService, SUBMIT, TINY_VIDEO, type RunningService } from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/test-database.ts';
import { waitFor } from '../helpers/wait-for.ts';

const GRACE_MS = 3_000;
const dataDirectory = temporaryDirectory();
let service: RunningService;
let video: Buffer;
let database: TestDatabase;
let proxy: FreezingProxy;

beforeEach(async () => {
  video = await readFile(TINY_VIDEO);
  database = await createTestDatabase();
  proxy = await startFreezingProxy(database.url);
  service = await startService({
    dataDirectory,
    worker: false,
    environment: { SHUTDOWN_GRACE_MS: String(GRACE_MS), DATABASE_URL: proxy.url },
  });
});
afterEach(async () => {
  await service.stop();
  await proxy.close();
  await database.drop();
});

/** An upload of which the first half has been sent. */
interface SlowUpload {
  request: ClientRequest;
  rest: Buffer;
  /** Status and body of the answer; `cut` when there was none. */
  answer: Promise<{ status: number | undefined; body: string } | 'cut'>;
}

function begin(method: string, path: string, headers: Record<string, string>, body: Buffer): SlowUpload {
  const request = httpRequest(`${service.url}${path}`, {
    method,
    headers: { ...headers, 'content-length': String(body.length) },
  });
  const answer = new Promise<Awaited<SlowUpload['answer']>>((resolve) => {
    request.on('error', () => resolve('cut'));
    request.on('response', (response) => {
      text(response).then(
        (answered) => resolve({ status: response.statusCode, body: answered }),
        () => resolve('cut'),
      );
    });
  });
  const half = Math.floor(body.length / 2);
  request.write(body.subarray(0, half));
  return { request, answer, rest: body.subarray(half) };
}

/** One upload of each kind that the service takes, each half-way. */
async function beginUploads(): Promise<{ raw: SlowUpload; graphql: SlowUpload; tus: SlowUpload }> {
  const before = await files();
  const raw = begin('POST', '/uploads', { 'content-type': 'video/mp4' }, video);

  const form = new FormData();
  form.set('operations', JSON.stringify({ query: SUBMIT, variables: { file: null } }));
  form.set('map', JSON.stringify({ 0: ['variables.file'] }));
  form.set('0', new Blob([video], { type: 'video/mp4' }), 'a.mp4');
  const multipart = new Response(form);
  const graphql = begin(
    'POST',
    '/graphql',
    { 'content-type': multipart.headers.get('content-type') ?? '', 'apollo-require-preflight': 'true' },
    Buffer.from(await multipart.arrayBuffer()),
  );

  const created = await service.fetch('/uploads', {
    method: 'POST',
    headers: { 'tus-resumable': '1.0.0', 'upload-length': String(video.length) },
  });
  const tus = begin(
    'PATCH',
    created.headers.get('location') ?? '',
    {
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
    },
    video,
  );
  // Raw bytes lie in one file, those sent by GraphQL in the library's too, and what can be resumed in a partial one.
  const arriving = async () => {
    const fresh = (await files()).filter((name) => !before.includes(name));
    const resumable = fresh.filter((name) => name.endsWith('.mp4.partial')).length;
    return resumable >= 1 && fresh.length - resumable >= 3 ? true : undefined;
  };
  await waitFor(arriving, 10_000, 'all uploads to be arriving');
  return { raw, graphql, tus };
}

/** Names of the stored files, and of those that are being stored. */
async function files(): Promise<string[]> {
  const storage = join(dataDirectory, 'storage');
  const names = [...(await readdir(storage)), ...(await readdir(join(storage, 'tmp')))];
  return names.filter((name) => name !== 'tmp' && name !== '.owner');
}

async function tellToStop(): Promise<void> {
  const log = join(dataDirectory, 'api.log');
  const countStops = async () => (await readFile(log, 'utf8')).split('API stopping').length - 1;
  const before = await countStops();
  process.kill(service.api.pid, 'SIGTERM');
  const told = async () => ((await countStops()) > before ? true : undefined);
  await waitFor(told, 10_000, 'the API to be stopping');
}

describe('an API that is told to stop', () => {
  it('lets uploads end that are in time, takes nothing new, and exits 0', async () => {
    const uploads = await beginUploads();
    // A connection that is kept alive must not hold the process up.
    await (await fetch(`${service.url}/healthz`)).text();
    await tellToStop();
    await expect(fetch(`${service.url}/healthz`)).rejects.toThrow();
    for (const { request, rest } of Object.values(uploads)) request.end(rest);
    expect(await uploads.raw.answer).toMatchObject({ status: 201 });
    expect(await uploads.tus.answer).toMatchObject({ status: 204 });
    expect(await uploads.graphql.answer).toMatchObject({
      status: 200,
      body: expect.stringContaining('PENDING'),
    });
    const told = performance.now();
    expect(await service.api.exited).toEqual({ exitCode: 0, signal: null });
    // It does not wait for the grace to be over when nothing is left to wait for.
    expect(performance.now() - told).toBeLessThan(GRACE_MS / 2);
    expect((await files()).toSorted()).toEqual([
      expect.stringMatching(/\.mp4$/),
      expect.stringMatching(/\.mp4$/),
      expect.stringMatching(/\.mp4$/),
    ]);
  });

  it('cuts uploads that take longer, exits 0 in time, and leaves only what can be resumed', async () => {
    const before = await files();
    const uploads = await beginUploads();
    await tellToStop();
    const told = performance.now();
    const trickle = setInterval(() => {
      for (const upload of Object.values(uploads)) {
        upload.request.write(upload.rest.subarray(0, 10));
        upload.rest = upload.rest.subarray(10);
      }
    }, 100);
    const answers = await Promise.all(Object.values(uploads).map(({ answer }) => answer));
    clearInterval(trickle);
    expect(answers).toEqual(['cut', 'cut', 'cut']);
    expect(await service.api.exited).toEqual({ exitCode: 0, signal: null });
    const tookMs = performance.now() - told;
    expect(tookMs).toBeGreaterThan(GRACE_MS - 500);
    expect(tookMs).toBeLessThan(GRACE_MS + 2_000);
    const left = (await files()).filter((name) => !before.includes(name));
    expect(left).toEqual([expect.stringMatching(/\.mp4\.partial$/)]);
  });

  it.each([
    ['does not answer any more', async () => proxy.freeze()],
    ['has gone', () => proxy.close()],
  ])('exits 0 in time when its database %s', async (_what, fail) => {
    await fail();
    const body = JSON.stringify({ query: '{ jobs { totalCount } }' });
    const headers = { 'content-type': 'application/json' };
    const asked = fetch(`${service.url}/graphql`, { method: 'POST', headers, body }).catch(String);
    const told = performance.now();
    await tellToStop();
    expect(await service.api.exited).toEqual({ exitCode: 0, signal: null });
    expect(performance.now() - told).toBeLessThan(GRACE_MS + 2_000);
    await asked;
  });
});
