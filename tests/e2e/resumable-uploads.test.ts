import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import * as tus from 'tus-js-client';
import { makeKey } from '../helpers/api-keys.ts';
import { MAX_UPLOAD_BYTES, MIB, sha256, useUploadService } from '../helpers/upload-service.ts';
import { waitFor } from '../helpers/wait-for.ts';

const uploads = useUploadService();
const files = () => uploads().files();
const submitUpload = (uploadId: string) => uploads().submitUpload(uploadId);

async function expire(): Promise<void> {
  const client = new Client({ connectionString: uploads().service.database.url });
  await client.connect();
  await client.query(`UPDATE uploads SET expires_at = now() - interval '1 second'`);
  await client.end();
}

describe('the tus protocol', () => {
  const start = (body: Buffer, options: tus.UploadOptions): tus.Upload =>
    new tus.Upload(body, {
      endpoint: `${uploads().service.url}/uploads`,
      headers: { authorization: `Bearer ${uploads().key}` },
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
      const upload = start(uploads().large, {
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
      const answer = await uploads().service.fetch(
        new URL(url).pathname,
        { method: 'HEAD', headers },
        uploads().key,
      );
      expect(answer.headers.get('upload-length')).toBe(String(uploads().large.length));
      return Number(answer.headers.get('upload-offset'));
    };
    const offset = await head();
    expect(offset).toBeGreaterThanOrEqual(8 * MIB);
    expect(offset).toBeLessThan(uploads().large.length);
    expect((await submitUpload(idOf(url))).errors?.[0]?.extensions['code']).toBe('UPLOAD_NOT_FOUND');

    const sent: number[] = [];
    await finish(uploads().large, { uploadUrl: url, onProgress: (bytes) => sent.push(bytes) });
    expect(Math.min(...sent)).toBeGreaterThanOrEqual(offset);
    expect((await submitUpload(idOf(url))).data).toMatchObject({
      submitVideo: {
        sizeBytes: uploads().large.length,
        sha256: sha256(uploads().large),
        originalFilename: 'Long walk.mp4',
      },
    });
    expect((await readFile(join(uploads().storage, `${idOf(url)}.mp4`))).equals(uploads().large)).toBe(true);
  });

  it('answers HEAD for a complete upload, so that a client whose last answer was lost is content', async () => {
    const url = await finish(uploads().large.subarray(0, MIB));
    const headers = { 'tus-resumable': '1.0.0' };
    const answer = await uploads().service.fetch(
      `/uploads/${idOf(url)}`,
      { method: 'HEAD', headers },
      uploads().key,
    );
    expect(answer.headers.get('upload-offset')).toBe(String(MIB));
  });

  it('terminates an upload, which is then gone', async () => {
    const url = await finish(uploads().large.subarray(0, MIB));
    await tus.Upload.terminate(url, {
      headers: { authorization: `Bearer ${uploads().key}` },
      retryDelays: null,
    });
    expect(await files()).not.toContain(`${idOf(url)}.mp4`);
    expect((await submitUpload(idOf(url))).errors?.[0]?.extensions['code']).toBe('UPLOAD_NOT_FOUND');
  });

  it('says when an unfinished upload expires, and refuses it then', async () => {
    const headers = { 'tus-resumable': '1.0.0', 'upload-length': '1000' };
    const created = await uploads().service.fetch('/uploads', { method: 'POST', headers }, uploads().key);
    expect(created.status).toBe(201);
    const expires = Date.parse(created.headers.get('upload-expires') ?? '');
    expect(Math.abs(expires - Date.now() - 24 * 3_600_000)).toBeLessThan(60_000);
    const location = created.headers.get('location') ?? '';
    expect(location).toMatch(/^\/uploads\/[0-9a-f-]{36}$/);
    await expire();
    const head = { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } };
    expect((await uploads().service.fetch(location, head, uploads().key)).status).toBe(404);
  });

  it.each([
    ['larger than allowed', { 'upload-length': String(MAX_UPLOAD_BYTES + 1) }, 413],
    ['empty', { 'upload-length': '0' }, 400],
    ['of no length', {}, 400],
    ['of a nonsensical length', { 'upload-length': '-5' }, 400],
  ])('refuses an upload %s', async (_what, length, status) => {
    const headers = { 'tus-resumable': '1.0.0', ...length };
    expect(
      (await uploads().service.fetch('/uploads', { method: 'POST', headers }, uploads().key)).status,
    ).toBe(status);
  });

  it('refuses a part at the wrong place, and one that makes the file longer than announced', async () => {
    const headers = { 'tus-resumable': '1.0.0', 'upload-length': '1000' };
    const created = await uploads().service.fetch('/uploads', { method: 'POST', headers }, uploads().key);
    const patch = (offset: number, size: number) =>
      uploads().service.fetch(
        created.headers.get('location') ?? '',
        {
          method: 'PATCH',
          headers: {
            'tus-resumable': '1.0.0',
            'upload-offset': String(offset),
            'content-type': 'application/offset+octet-stream',
          },
          body: uploads().large.subarray(0, size),
        },
        uploads().key,
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

describe('while a part arrives slowly', () => {
  const SIZE = 1000;
  const tus10 = { 'tus-resumable': '1.0.0' };
  const ask = (method: string, path: string, key: string, headers: Record<string, string> = {}) =>
    uploads().service.fetch(path, { method, headers: { ...tus10, ...headers } }, key);

  /** Begins an upload and its only part, of which 100 bytes have been sent when this resolves. */
  async function drip() {
    const { service, key, large } = uploads();
    const created = await ask('POST', '/uploads', key, { 'upload-length': String(SIZE) });
    const path = created.headers.get('location') ?? '';
    const request = httpRequest(`${service.url}${path}`, {
      method: 'PATCH',
      agent: false,
      headers: {
        ...tus10,
        authorization: `Bearer ${key}`,
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
        'content-length': String(SIZE),
      },
    });
    // When another request has ended this one, the connection may end before the answer is read.
    request.on('error', () => {});
    const answered = once(request, 'response').then(([response]: IncomingMessage[]) => {
      response?.resume();
      return [response?.statusCode, response?.headers['upload-offset']];
    });
    request.write(large.subarray(0, 100));
    const id = path.split('/').at(-1) ?? '';
    const arriving = async () => ((await files()).some((name) => name.includes(id)) ? true : undefined);
    await waitFor(arriving, 10_000, 'the part to arrive');
    return { id, path, answered, sendRest: () => request.end(large.subarray(100, SIZE)) };
  }

  it('answers its owner, who has lost that connection, how many bytes there are, and ends it', async () => {
    const { id, answered } = await drip();
    // Capital letters name the same upload, which is locked all the same.
    const head = await ask('HEAD', `/uploads/${id.toUpperCase()}`, uploads().key);
    expect([head.status, head.headers.get('upload-offset')]).toEqual([200, '100']);
    expect(await answered).toEqual([204, '100']);
  });

  it('tells another owner that there is no such upload, and receives the part to its end', async () => {
    const { path, answered, sendRest } = await drip();
    const stranger = await makeKey(uploads().service.database.url, 'eve', ['admin']);
    const part = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
    expect((await ask('HEAD', path, stranger)).status).toBe(404);
    expect((await ask('PATCH', path, stranger, part)).status).toBe(404);
    expect((await ask('DELETE', path, stranger)).status).toBe(404);
    sendRest();
    expect(await answered).toEqual([204, String(SIZE)]);
  });
});
