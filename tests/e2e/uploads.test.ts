import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { fileAsBlob, TINY_VIDEO } from '../helpers/running-service.ts';
import { MAX_UPLOAD_BYTES, MIB, sha256, useUploadService } from '../helpers/upload-service.ts';
import { waitFor } from '../helpers/wait-for.ts';

const uploads = useUploadService();
const files = () => uploads().files();
const submitUpload = (uploadId: string) => uploads().submitUpload(uploadId);
const uploadShape = z.object({
  uploadId: z.string(),
  sizeBytes: z.number(),
  sha256: z.string(),
  expiresAt: z.string(),
});

describe('POST /uploads', () => {
  it.each([
    ['with Content-Length', false],
    ['chunked', true],
  ])('takes raw bytes %s, and the job consumes them once', async (_what, chunked) => {
    const video = await readFile(TINY_VIDEO);
    const response = await uploads().service.fetch(
      '/uploads?filename=My%20cam.mp4',
      chunked
        ? { method: 'POST', body: new Blob([video]).stream(), duplex: 'half' }
        : { method: 'POST', body: new Blob([video], { type: 'video/mp4' }) },
      uploads().key,
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
    expect(sha256(await readFile(join(uploads().storage, `${upload.uploadId}.mp4`)))).toBe(sha256(video));
  });

  it.each([
    ['what is no MP4', 'No video at all. '.repeat(10), 'application/octet-stream', 400, 'INVALID_VIDEO'],
    ['nothing', '', 'video/mp4', 400, 'INVALID_VIDEO'],
    ['a picture, by its own word', 'x', 'image/png', 415, 'UNSUPPORTED_MEDIA'],
  ])('refuses %s and keeps nothing', async (_what, body, type, status, code) => {
    const before = await files();
    const response = await uploads().service.fetch(
      '/uploads',
      { method: 'POST', body: new Blob([body], { type }) },
      uploads().key,
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
    request.write(uploads().large.subarray(0, MIB));
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
    for (const request of open) request.write(uploads().large.subarray(0, 1000));
    // Asked any sooner, the question itself would take the place of one of them.
    const bothOpen = async () =>
      (await files()).filter((name) => name.endsWith('.part')).length === 2 ? true : undefined;
    await waitFor(bothOpen, 10_000, 'both uploads to have begun');
    const busy = async () => {
      const answer = await uploads().service.fetch(
        '/uploads',
        { method: 'POST', body: await fileAsBlob(TINY_VIDEO) },
        uploads().key,
      );
      return answer.status === 429 ? answer : undefined;
    };
    const refused = await waitFor(busy, 10_000, 'the uploads to be counted');
    expect(await refused.json()).toMatchObject({ code: 'QUOTA_EXCEEDED', quota: 'uploadsAtOnce', limit: 2 });
    for (const request of open) request.destroy();
    const free = async () => {
      const answer = await uploads().service.fetch(
        '/uploads',
        { method: 'POST', body: await fileAsBlob(TINY_VIDEO) },
        uploads().key,
      );
      return answer.status === 201 ? true : undefined;
    };
    await waitFor(free, 10_000, 'a slot to be free again');
  });
});

function openUpload(headers: Record<string, string>) {
  const request = httpRequest(`${uploads().service.url}/uploads`, {
    method: 'POST',
    // No connection that an earlier test has used.
    agent: false,
    headers: { authorization: `Bearer ${uploads().key}`, 'content-type': 'video/mp4', ...headers },
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
        const chunk = uploads()
          .large.subarray(sent % uploads().large.length)
          .subarray(0, Math.min(MIB, size - sent));
        sent += chunk.length;
        if (!request.write(chunk)) return;
      }
      if (!request.destroyed && headers['content-length'] === undefined) request.end();
    };
    request.on('drain', write);
    write();
  });
}
