import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import * as tus from 'tus-js-client';
import { z } from 'zod';
import { makeKey } from '../helpers/api-keys.ts';
import { fileAsBlob, startService, TINY_VIDEO, type RunningService } from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitFor } from '../helpers/wait-for.ts';

const MIB = 1024 * 1024;
const MAX_UPLOAD_BYTES = 40 * MIB;
const dataDirectory = temporaryDirectory();
const storage = join(dataDirectory, 'storage');
let service: RunningService;
let key: string;
let large: Buffer;

beforeAll(async () => {
  service = await startService({
    dataDirectory,
    worker: false,
    environment: {
      AUTHENTICATION: 'keys',
      MAX_UPLOAD_BYTES: String(MAX_UPLOAD_BYTES),
      MAX_UPLOADS_AT_ONCE: '2',
    },
  });
  key = await makeKey(service.database.url, 'ann', ['admin']);
  // The beginning of an MP4, and then bytes none of which can stand for another.
  const random = Buffer.alloc(24 * MIB);
  for (let at = 0; at < random.length; at += 4) random.writeUInt32LE((at * 2654435761) >>> 0, at);
  large = Buffer.concat([(await readFile(TINY_VIDEO)).subarray(0, 64), random]);
});
afterAll(() => service.stop());

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const uploadShape = z.object({
  uploadId: z.string(),
  sizeBytes: z.number(),
  sha256: z.string(),
  expiresAt: z.string(),
});
const files = async () =>
  [...(await readdir(storage)), ...(await readdir(join(storage, 'tmp')))].filter((name) => name !== 'tmp');
const submitUpload = (uploadId: string) =>
  service.request(
    'mutation($id: ID!) { submitVideo(uploadId: $id) { id status sizeBytes sha256 originalFilename } }',
    { id: uploadId },
    key,
  );
async function expire(): Promise<void> {
  const client = new Client({ connectionString: service.database.url });
  await client.connect();
  await client.query(`UPDATE uploads SET expires_at = now() - interval '1 second'`);
  await client.end();
}

describe('POST /uploads', () => {
  it.each([
    ['with Content-Length', false],
    ['chunked', true],
  ])('takes raw bytes %s, and the job consumes them once', async (_what, chunked) => {
    const video = await readFile(TINY_VIDEO);
    const response = await service.fetch(
      '/uploads?filename=My%20cam.mp4',
      chunked
        ? { method: 'POST', body: new Blob([video]).stream(), duplex: 'half' }
        : { method: 'POST', body: new Blob([video], { type: 'video/mp4' }) },
      key,
    );
    expect(response.status).toBe(201);
    const upload = uploadShape.parse(await response.json());
    expect(upload).toMatchObject({ sizeBytes: video.length, sha256: sha256(video) });
    expect((await submitUpload(upload.uploadId)).data).toEqual({
      submitVideo: {
        id: upload.uploadId,
        status: 'PENDING',
        sizeBytes: video.length,
        sha256: sha256(video),
        originalFilename: 'My cam.mp4',
      },
    });
    expect((await submitUpload(upload.uploadId)).errors?.[0]?.extensions['code']).toBe('UPLOAD_NOT_FOUND');
    expect(sha256(await readFile(join(storage, `${upload.uploadId}.mp4`)))).toBe(sha256(video));
  });

  it.each([
    ['what is no MP4', 'No video at all. '.repeat(10), 'application/octet-stream', 400, 'INVALID_VIDEO'],
    ['nothing', '', 'video/mp4', 400, 'INVALID_VIDEO'],
    ['a picture, by its own word', 'x', 'image/png', 415, 'UNSUPPORTED_MEDIA'],
  ])('refuses %s and keeps nothing', async (_what, body, type, status, code) => {
    const before = await files();
    const response = await service.fetch(
      '/uploads',
      { method: 'POST', body: new Blob([body], { type }) },
      key,
    );
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code, detail: expect.any(String) });
    expect(await files()).toEqual(before);
  });

  it('refuses what is too large, announced or not, and keeps nothing', async () => {
    const before = await files();
    const announced = await sendUpload({ 'content-length': String(MAX_UPLOAD_BYTES + 1) }, MIB);
    expect(announced).toMatchObject({ status: 413 });
    const chunked = await sendUpload({ 'transfer-encoding': 'chunked' }, MAX_UPLOAD_BYTES + MIB);
    expect(chunked.status).toBe(413);
    expect(chunked.body).toContain('FILE_TOO_LARGE');
    await waitFor(
      async () => ((await files()).length === before.length ? true : undefined),
      10_000,
      'no file left',
    );
  });

  it('keeps nothing of a client that hangs up', async () => {
    const before = await files();
    const request = openUpload({ 'content-length': String(10 * MIB) });
    request.write(large.subarray(0, MIB));
    const partial = async () => ((await files()).some((name) => name.endsWith('.part')) ? true : undefined);
    await waitFor(partial, 10_000, 'bytes to be written');
    request.destroy();
    await waitFor(
      async () => ((await files()).length === before.length ? true : undefined),
      10_000,
      'no file left',
    );
  });

  it('takes as many at once as allowed, and another as soon as one has ended', async () => {
    const open = [
      openUpload({ 'content-length': String(MIB) }),
      openUpload({ 'content-length': String(MIB) }),
    ];
    for (const request of open) request.write(large.subarray(0, 1000));
    const busy = async () => {
      const answer = await service.fetch(
        '/uploads',
        { method: 'POST', body: await fileAsBlob(TINY_VIDEO) },
        key,
      );
      return answer.status === 429 ? answer : undefined;
    };
    const refused = await waitFor(busy, 10_000, 'the uploads to be counted');
    expect(await refused.json()).toMatchObject({ code: 'QUOTA_EXCEEDED', quota: 'uploadsAtOnce', limit: 2 });
    for (const request of open) request.destroy();
    const free = async () => {
      const answer = await service.fetch(
        '/uploads',
        { method: 'POST', body: await fileAsBlob(TINY_VIDEO) },
        key,
      );
      return answer.status === 201 ? true : undefined;
    };
    await waitFor(free, 10_000, 'a slot to be free again');
  });
});

describe('the tus protocol', () => {
  const start = (body: Buffer, options: tus.UploadOptions): tus.Upload =>
    new tus.Upload(body, {
      endpoint: `${service.url}/uploads`,
      headers: { authorization: `Bearer ${key}` },
      metadata: { filename: 'Long walk.mp4' },
      retryDelays: null,
      ...options,
    });
  const finish = (body: Buffer, options: tus.UploadOptions = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      const upload = start(body, { ...options, onError: reject, onSuccess: () => resolve(upload.url ?? '') });
      upload.start();
    });
  const idOf = (url: string) => url.split('/').at(-1) ?? '';

  it('goes on from where an upload was killed, and stores exactly the bytes of the source', async () => {
    // Killed by its own client in the middle of a request: what has arrived by then stays.
    let url = '';
    await new Promise<void>((resolve, reject) => {
      const upload = start(large, {
        chunkSize: 8 * MIB,
        onError: reject,
        onProgress(sent) {
          if (sent < 12 * MIB) return;
          url = upload.url ?? '';
          void upload.abort(false).then(resolve);
        },
      });
      upload.start();
    });
    const head = async () => {
      const headers = { 'tus-resumable': '1.0.0' };
      const answer = await service.fetch(new URL(url).pathname, { method: 'HEAD', headers }, key);
      expect(answer.headers.get('upload-length')).toBe(String(large.length));
      return Number(answer.headers.get('upload-offset'));
    };
    const offset = await head();
    expect(offset).toBeGreaterThanOrEqual(8 * MIB);
    expect(offset).toBeLessThan(large.length);
    expect((await submitUpload(idOf(url))).errors?.[0]?.extensions['code']).toBe('UPLOAD_NOT_FOUND');

    const sent: number[] = [];
    await finish(large, { uploadUrl: url, onProgress: (bytes) => sent.push(bytes) });
    expect(Math.min(...sent)).toBeGreaterThanOrEqual(offset);
    expect((await submitUpload(idOf(url))).data).toMatchObject({
      submitVideo: { sizeBytes: large.length, sha256: sha256(large), originalFilename: 'Long walk.mp4' },
    });
    expect((await readFile(join(storage, `${idOf(url)}.mp4`))).equals(large)).toBe(true);
  });

  it('answers HEAD for a complete upload, so that a client whose last answer was lost is content', async () => {
    const url = await finish(large.subarray(0, MIB));
    const headers = { 'tus-resumable': '1.0.0' };
    const answer = await service.fetch(`/uploads/${idOf(url)}`, { method: 'HEAD', headers }, key);
    expect(answer.headers.get('upload-offset')).toBe(String(MIB));
  });

  it('terminates an upload, which is then gone', async () => {
    const url = await finish(large.subarray(0, MIB));
    await tus.Upload.terminate(url, { headers: { authorization: `Bearer ${key}` }, retryDelays: null });
    expect(await files()).not.toContain(`${idOf(url)}.mp4`);
    expect((await submitUpload(idOf(url))).errors?.[0]?.extensions['code']).toBe('UPLOAD_NOT_FOUND');
  });

  it('says when an unfinished upload expires, and refuses it then', async () => {
    const headers = { 'tus-resumable': '1.0.0', 'upload-length': '1000' };
    const created = await service.fetch('/uploads', { method: 'POST', headers }, key);
    expect(created.status).toBe(201);
    const expires = Date.parse(created.headers.get('upload-expires') ?? '');
    expect(Math.abs(expires - Date.now() - 24 * 3_600_000)).toBeLessThan(60_000);
    const location = created.headers.get('location') ?? '';
    expect(location).toMatch(/^\/uploads\/[0-9a-f-]{36}$/);
    await expire();
    const head = { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } };
    expect((await service.fetch(location, head, key)).status).toBe(404);
  });

  it.each([
    ['larger than allowed', { 'upload-length': String(MAX_UPLOAD_BYTES + 1) }, 413],
    ['empty', { 'upload-length': '0' }, 400],
    ['of no length', {}, 400],
    ['of a nonsensical length', { 'upload-length': '-5' }, 400],
  ])('refuses an upload %s', async (_what, length, status) => {
    const headers = { 'tus-resumable': '1.0.0', ...length };
    expect((await service.fetch('/uploads', { method: 'POST', headers }, key)).status).toBe(status);
  });

  it('refuses a part at the wrong place, and one that makes the file longer than announced', async () => {
    const headers = { 'tus-resumable': '1.0.0', 'upload-length': '1000' };
    const created = await service.fetch('/uploads', { method: 'POST', headers }, key);
    const patch = (offset: number, size: number) =>
      service.fetch(
        created.headers.get('location') ?? '',
        {
          method: 'PATCH',
          headers: {
            'tus-resumable': '1.0.0',
            'upload-offset': String(offset),
            'content-type': 'application/offset+octet-stream',
          },
          body: large.subarray(0, size),
        },
        key,
      );
    expect((await patch(10, 100)).status).toBe(409);
    expect((await patch(0, 1001)).status).toBe(413);
    const half = await patch(0, 500);
    expect([half.status, half.headers.get('upload-offset')]).toEqual([204, '500']);
    expect((await patch(0, 500)).status).toBe(409);
  });

  it('refuses a file that is no MP4 with its last part, and keeps nothing of it', async () => {
    const before = await files();
    await expect(finish(Buffer.alloc(2000, 'x'))).rejects.toThrow('INVALID_VIDEO');
    expect(await files()).toEqual(before);
  });
});

function openUpload(headers: Record<string, string>) {
  const request = httpRequest(`${service.url}/uploads`, {
    method: 'POST',
    // No connection that an earlier test has used.
    agent: false,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'video/mp4', ...headers },
  });
  // The service or the test cuts the connection off; either is meant.
  request.on('error', () => {});
  return request;
}

/** Sends `size` bytes, or as many as the service takes before it answers and hangs up. */
function sendUpload(
  headers: Record<string, string>,
  size: number,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    const answer = { status: 0, body: '' };
    const request = openUpload(headers);
    request.on('response', (response) => {
      answer.status = response.statusCode ?? 0;
      response.on('data', (data: Buffer) => (answer.body += data.toString()));
    });
    request.on('close', () => resolve(answer));
    let sent = 0;
    const write = () => {
      while (sent < size && !request.destroyed) {
        const chunk = large.subarray(sent % large.length).subarray(0, Math.min(MIB, size - sent));
        sent += chunk.length;
        if (!request.write(chunk)) return;
      }
      if (!request.destroyed && headers['content-length'] === undefined) request.end();
    };
    request.on('drain', write);
    write();
  });
}
