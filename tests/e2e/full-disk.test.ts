import { randomUUID } from 'node:crypto';
import { readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectDataSource } from '../../src/database/data-source.ts';
import { startService, SUBMIT, TINY_VIDEO, type RunningService } from '../helpers/running-service.ts';
import { sendBody, type BodyAnswer } from '../helpers/send-body.ts';
import { sendThenRead } from '../helpers/send-then-read.ts';
import { describeOnSmallDisk } from '../helpers/small-disk.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitFor } from '../helpers/wait-for.ts';

const MIB = 1024 * 1024;
const BOUNDARY = 'a-boundary';
const FORM = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
const TUS = { 'tus-resumable': '1.0.0' };
const PATCH = { ...TUS, 'content-type': 'application/offset+octet-stream' };
const END_OF_FORM = `\r\n--${BOUNDARY}--\r\n`;

function formField(name: string, value: string): string {
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}
function formFile(name: string, beginning: Uint8Array): Buffer {
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"; filename="a.mp4"\r\nContent-Type: video/mp4\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), beginning]);
}
function graphqlForm(beginning: Uint8Array, variables: Record<string, unknown> = {}): Buffer {
  const operations = JSON.stringify({ query: SUBMIT, variables: { ...variables, file: null } });
  return Buffer.concat([
    Buffer.from(formField('operations', operations) + formField('map', '{"0":["variables.file"]}')),
    formFile('0', beginning),
  ]);
}
const GRAPHQL = { ...FORM, 'apollo-require-preflight': 'true' };
const REFUSAL = /^HTTP\/1\.1 507 [^]*"STORAGE_FULL"/;
const full = { status: 507, body: expect.stringContaining('"STORAGE_FULL"') };

let beginning: Buffer;
beforeAll(async () => {
  beginning = (await readFile(TINY_VIDEO)).subarray(0, 64);
});

/** Names of the files below the storage, temporary ones included. */
async function filesOf(storage: string): Promise<string[]> {
  return [...(await readdir(storage)), ...(await readdir(join(storage, 'tmp')))].filter(
    (name) => name !== 'tmp' && name !== '.owner',
  );
}
/** A row as the creation of a resumable upload writes it. */
async function beginUpload(service: RunningService, sizeBytes: number): Promise<string> {
  const uploadId = randomUUID();
  const dataSource = await connectDataSource(service.database.url);
  try {
    await dataSource.query(
      `INSERT INTO uploads (upload_id, owner, filename, size_bytes, expires_at)
        VALUES ($1, 'local', 'a.mp4', $2, now() + interval '1 hour')`,
      [uploadId, sizeBytes],
    );
  } finally {
    await dataSource.destroy();
  }
  return uploadId;
}

describe('a service whose disk has less room than its reserve', () => {
  const dataDirectory = temporaryDirectory();
  let service: RunningService;
  beforeAll(async () => {
    // More than any disk has.
    const environment = { MIN_FREE_BYTES: String(1000 ** 5) };
    service = await startService({ dataDirectory, worker: false, environment });
  });
  afterAll(() => service.stop());
  /** More than lies on its way while nobody reads it. */
  const SIZE = 16 * MIB;
  const length = { 'content-length': String(SIZE) };

  interface UploadRequest {
    path: string;
    method?: string;
    headers: Record<string, string>;
  }
  const uploads: [string, () => Promise<UploadRequest>][] = [
    ['POST /uploads', async () => ({ path: '/uploads', headers: length })],
    ['a GraphQL upload', async () => ({ path: '/graphql', headers: { ...GRAPHQL, ...length } })],
    ['POST /video/submit', async () => ({ path: '/video/submit', headers: { ...FORM, ...length } })],
    [
      'a part of a tus upload',
      async () => ({
        path: `/uploads/${await beginUpload(service, SIZE)}`,
        method: 'PATCH',
        headers: { ...PATCH, 'upload-offset': '0', ...length },
      }),
    ],
  ];

  it.each<[string, () => Promise<UploadRequest>]>([
    ...uploads,
    [
      'the creation of a tus upload',
      async () => ({ path: '/uploads', headers: { ...TUS, 'upload-length': '1000' } }),
    ],
  ])('refuses %s before any of its body has come, and keeps nothing', async (_what, prepare) => {
    const { path, ...request } = await prepare();
    expect(await sendBody(`${service.url}${path}`, request)).toMatchObject({ ...full, sent: 0 });
    expect(await filesOf(join(dataDirectory, 'storage'))).toEqual([]);
  });

  it.each(uploads)('refuses %s so that a client learns it that sends all first', async (_what, prepare) => {
    const { path, headers, ...method } = await prepare();
    const closing = { ...method, headers: { ...headers, connection: 'close' }, size: SIZE };
    expect(await sendThenRead(`${service.url}${path}`, closing)).toMatch(REFUSAL);
  });

  it('cuts clients off that go on sending after that', async () => {
    const sendOn = async ([, prepare]: (typeof uploads)[number]) => {
      const { path, ...options } = await prepare();
      const request = httpRequest(`${service.url}${path}`, { method: 'POST', ...options });
      const { promise: closed, resolve } = Promise.withResolvers<void>();
      request.on('error', () => {}).on('close', resolve);
      const trickle = setInterval(() => request.write('x'), 100);
      await closed;
      clearInterval(trickle);
    };
    await Promise.all(uploads.map(sendOn));
  });

  it('answers whatever needs no room', async () => {
    expect((await service.request('{ jobs { totalCount } }')).data).toEqual({ jobs: { totalCount: 0 } });
  });

  it('refuses what is larger than it ever takes for that reason', async () => {
    const headers = { 'content-length': String(3 * 1024 * MIB) };
    expect(await sendBody(`${service.url}/uploads`, { headers })).toMatchObject({ status: 413 });
  });
});

describeOnSmallDisk(96, 'a disk that an upload fills', (disk) => {
  const dataDirectory = temporaryDirectory();
  let service: RunningService;
  beforeAll(async () => {
    await symlink(disk, join(dataDirectory, 'storage'));
    const environment = { MIN_FREE_BYTES: String(8 * MIB) };
    service = await startService({ dataDirectory, worker: false, environment });
  });
  afterAll(() => service.stop());

  const expectNothingLeft = (but: readonly string[] = []) =>
    waitFor(
      async () => {
        const left = (await filesOf(disk)).filter((name) => !but.includes(name));
        return left.length === 0 ? true : undefined;
      },
      10_000,
      'no file to be left',
    );

  it('takes an announced upload that leaves the reserve, and refuses one that does not', async () => {
    const headers = { 'content-length': String(90 * MIB) };
    expect(await sendBody(`${service.url}/uploads`, { headers })).toMatchObject({ ...full, sent: 0 });
    // Its bytes are stored twice for a while.
    const form = { ...GRAPHQL, 'content-length': String(45 * MIB) };
    expect(await sendBody(`${service.url}/graphql`, { headers: form })).toMatchObject({ ...full, sent: 0 });
    const small = await sendBody(`${service.url}/uploads`, { head: beginning, size: 40 * MIB });
    expect(small.status).toBe(201);
    for (const name of await filesOf(disk)) await truncate(join(disk, name), 0);
  });

  it.each<[string, () => Promise<BodyAnswer>]>([
    ['POST /uploads', () => sendBody(`${service.url}/uploads`, { head: beginning, size: 200 * MIB })],
    [
      'POST /video/submit',
      () =>
        sendBody(`${service.url}/video/submit`, {
          headers: FORM,
          head: formFile('file', beginning),
          size: 200 * MIB,
          tail: END_OF_FORM,
        }),
    ],
  ])('ends %s that did not say how large it is', async (_what, send) => {
    const before = await filesOf(disk);
    const answer = await send();
    expect(answer).toMatchObject(full);
    await expectNothingLeft(before);
  });

  it('ends a GraphQL upload that did not say how large it is', async () => {
    const before = await filesOf(disk);
    const answer = await sendBody(`${service.url}/graphql`, {
      headers: GRAPHQL,
      head: graphqlForm(beginning),
      size: 200 * MIB,
      tail: END_OF_FORM,
    });
    // GraphQL answers 200 when a field fails.
    expect(answer).toMatchObject({ status: 200, body: full.body });
    await expectNothingLeft(before);
  });

  it('is told of a GraphQL upload whose temporary file alone finds no room', async () => {
    const form = graphqlForm(await readFile(TINY_VIDEO), { idempotencyKey: 'once' });
    const first = await sendBody(`${service.url}/graphql`, {
      headers: GRAPHQL,
      head: form,
      tail: END_OF_FORM,
    });
    expect(first.status).toBe(200);
    const before = await filesOf(disk);
    // What repeats a request is only hashed and not stored, so nothing but the library writes.
    const answer = await sendBody(`${service.url}/graphql`, {
      headers: GRAPHQL,
      head: graphqlForm(beginning, { idempotencyKey: 'once' }),
      size: 200 * MIB,
      tail: END_OF_FORM,
    });
    expect(answer).toMatchObject({ status: 200, body: full.body });
    await expectNothingLeft(before);
  });

  it('keeps what arrived of a tus upload, which goes on when there is room', async () => {
    const uploadId = await beginUpload(service, 70 * MIB);
    const url = `${service.url}/uploads/${uploadId}`;
    const patch = (offset: number, size: number, head: Uint8Array | string = '') =>
      sendBody(url, {
        method: 'PATCH',
        headers: { ...PATCH, 'upload-offset': String(offset) },
        head,
        size,
      });
    expect(await patch(0, 10 * MIB, beginning)).toMatchObject({ status: 204 });
    await writeFile(join(disk, 'ballast'), Buffer.alloc(40 * MIB));
    expect(await patch(10 * MIB, 60 * MIB)).toMatchObject(full);
    const head = await service.fetch(`/uploads/${uploadId}`, { method: 'HEAD', headers: TUS });
    expect(head.headers.get('upload-offset')).toBe(String(10 * MIB));
    await truncate(join(disk, 'ballast'), 0);
    expect(await patch(10 * MIB, 60 * MIB)).toMatchObject({ status: 204 });
  });
});
