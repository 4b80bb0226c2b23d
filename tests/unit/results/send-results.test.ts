import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalStorage } from '../../../src/storage/local-storage.ts';
import { JOB_TIME, startResultsServer, type ResultsServer } from '../../helpers/results-server.ts';
import { sampleResults, storeResults } from '../../helpers/sample-results.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { waitFor } from '../../helpers/wait-for.ts';

// Below a dot folder, as a data folder in somebody's home may be.
const root = join(temporaryDirectory(), '.data');
const sample = sampleResults(3000);
const path = `/results/${sample.jobId}`;
const document = `${path}/document.json`;
const gzip = { 'Accept-Encoding': 'gzip, deflate' };
let server: ResultsServer;
let whole: Buffer;

beforeAll(async () => {
  const storage = await createLocalStorage(root);
  const key = `${sample.jobId}_results.json`;
  await storeResults(storage, key, sample);
  whole = await readFile(join(root, key));
  server = await startResultsServer(storage, key, sample);
});
afterAll(() => server.close());

describe('the whole document', () => {
  it('is the stored file, with a strong ETag and a name', async () => {
    const { status, headers, body } = await server.ask(document);
    expect(status).toBe(200);
    expect(body.equals(whole)).toBe(true);
    expect(headers).toMatchObject({
      etag: `"${sample.jobId}.2.json1"`,
      'cache-control': 'private, no-cache',
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(whole.length),
      'content-disposition': `attachment; filename="${sample.jobId}-document.json"`,
      'accept-ranges': 'bytes',
      vary: 'Accept-Encoding',
    });
    expect(server.watched.held).toBe(0);
  });

  it('is the same bytes when compressed, under another ETag', async () => {
    const { headers, body } = await server.ask(document, gzip);
    expect(headers).toMatchObject({
      etag: `"${sample.jobId}.2.json1-gzip"`,
      'content-encoding': 'gzip',
      vary: 'Accept-Encoding',
    });
    expect(body.length).toBeLessThan(whole.length / 2);
    expect(gunzipSync(body).equals(whole)).toBe(true);
  });

  it.each([
    ['bytes=0-9', 0, 10],
    ['bytes=100000-', 100_000, undefined],
    ['bytes=-7', -7, undefined],
  ])('comes by the range %s, uncompressed', async (range, start, end) => {
    const { status, headers, body } = await server.ask(document, { Range: range, ...gzip });
    const part = whole.subarray(start, end);
    expect(status).toBe(206);
    expect(body.equals(part)).toBe(true);
    const from = start < 0 ? whole.length + start : start;
    expect(headers['content-range']).toBe(`bytes ${from}-${from + part.length - 1}/${whole.length}`);
    expect(headers['content-encoding']).toBeUndefined();
  });

  it('is whole when If-Range names another representation', async () => {
    const range = { Range: 'bytes=0-9' };
    const etag = `"${sample.jobId}.2.json1"`;
    expect(await server.ask(document, { ...range, 'If-Range': etag })).toMatchObject({ status: 206 });
    const stale = await server.ask(document, { ...range, 'If-Range': etag.replace('2', '1') });
    expect(stale.status).toBe(200);
    expect(stale.body.equals(whole)).toBe(true);
  });

  it('answers 416 with its length for a range behind its end', async () => {
    const { status, headers, body } = await server.ask(document, { Range: `bytes=${whole.length}-` });
    expect(status).toBe(416);
    expect(headers['content-range']).toBe(`bytes */${whole.length}`);
    expect(headers['content-disposition']).toBeUndefined();
    expect(JSON.parse(body.toString())).toMatchObject({
      code: 'INVALID_ARGUMENT',
      argument: 'Range',
      detail: expect.stringContaining('Content-Range'),
    });
    expect(server.watched.held).toBe(0);
  });

  it('is STORAGE_FAILED without headers of the document when it is gone', async () => {
    for (const accepted of [{}, gzip]) {
      const { status, headers, body } = await server.ask(`${document}?damage=gone`, accepted);
      expect(status).toBe(500);
      expect(JSON.parse(body.toString())).toEqual({ code: 'STORAGE_FAILED' });
      expect(headers['content-disposition']).toBeUndefined();
      expect(headers['content-encoding']).toBeUndefined();
    }
  });
});

describe('every format', () => {
  const streamed = ['detections.csv', 'texts.vtt', 'coco.json'];

  it.each(streamed)('%s: is streamed, the same compressed, and takes no ranges', async (file) => {
    const plain = await server.ask(`${path}/${file}`, { Range: 'bytes=0-9' });
    expect(plain.status).toBe(200);
    expect(plain.headers).toMatchObject({
      'accept-ranges': 'none',
      'transfer-encoding': 'chunked',
      'content-disposition': `attachment; filename="${sample.jobId}-${file}"`,
      vary: 'Accept-Encoding',
    });
    expect(plain.body.length).toBeGreaterThan(1000);
    const compressed = await server.ask(`${path}/${file}`, gzip);
    expect(compressed.headers['content-encoding']).toBe('gzip');
    expect(compressed.headers.etag).toBe(plain.headers.etag?.replace(/"$/, '-gzip"'));
    expect(gunzipSync(compressed.body).equals(plain.body)).toBe(true);
  });

  it.each(['document.json', ...streamed])('%s: is 304 for a client that has it', async (file) => {
    for (const accepted of [{}, gzip]) {
      const { etag = '' } = (await server.ask(`${path}/${file}`, accepted)).headers;
      for (const known of [etag, `"other", W/${etag}`, '*']) {
        // As `fetch` sends it.
        const conditions = { ...accepted, 'If-None-Match': known, 'Cache-Control': 'no-cache' };
        const { status, headers, body } = await server.ask(`${path}/${file}`, conditions);
        expect({ status, etag: headers.etag, length: body.length }).toEqual({ status: 304, etag, length: 0 });
      }
      const other = await server.ask(`${path}/${file}`, { ...accepted, 'If-None-Match': '"other"' });
      expect(other.status).toBe(200);
    }
  });

  it.each(['document.json', ...streamed])('%s: has the headers of GET on HEAD', async (file) => {
    for (const accepted of [{}, gzip]) {
      const got = await server.ask(`${path}/${file}`, accepted);
      const head = await server.ask(`${path}/${file}`, accepted, 'HEAD');
      expect(head).toMatchObject({ status: 200, body: { length: 0 } });
      const wanted = ['etag', 'content-type', 'content-encoding', 'accept-ranges', 'content-disposition'];
      for (const name of wanted) expect([name, head.headers[name]]).toEqual([name, got.headers[name]]);
    }
  });

  it('is not read for HEAD', async () => {
    const { handled, ended } = server.watched;
    await server.ask(`${path}/detections.csv?damage=endless`, {}, 'HEAD');
    const isHandled = async () => (server.watched.handled > handled ? true : undefined);
    await waitFor(isHandled, 5_000, 'the handler to end');
    expect(server.watched.ended).toBe(ended);
  });

  it.each(streamed)('%s: is an error, not half a file, when it cannot begin', async (file) => {
    const { status, headers, body } = await server.ask(`${path}/${file}?damage=gone`, gzip);
    expect(status).toBe(500);
    expect(JSON.parse(body.toString())).toEqual({ code: 'STORAGE_FAILED' });
    for (const name of ['content-encoding', 'content-disposition']) expect(headers[name]).toBeUndefined();
  });

  it.each(['detections.csv', 'coco.json'])('%s: is cut, not ended, when its reading fails', async (file) => {
    await expect(server.ask(`${path}/${file}?damage=cut`)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('a client that hangs up', () => {
  it.each([
    ['detections.csv?damage=endless', {}],
    ['coco.json?damage=endless', gzip],
    ['document.json', {}],
    ['document.json', gzip],
  ])('ends the reading of %s %j', async (file, headers) => {
    const { handled, ended } = server.watched;
    const response = await server.begin(`${path}/${file}`, headers);
    await once(response, 'readable');
    response.destroy();
    const isHandled = async () => (server.watched.handled > handled ? true : undefined);
    await waitFor(isHandled, 5_000, 'the handler to end');
    expect(server.watched.held).toBe(0);
    expect(server.watched.ended - ended).toBe(file.endsWith('endless') ? 1 : 0);
  });
});

describe('the plain route', () => {
  it('has the frames as they stand in the document, and the times of the job', async () => {
    const plain = await server.ask(`/video/results/${sample.jobId}`);
    expect(JSON.parse(plain.body.toString())).toEqual({
      job_id: sample.jobId,
      results: sample.results,
      created_at: JOB_TIME.toISOString(),
      updated_at: JOB_TIME.toISOString(),
    });
    expect(plain.headers['content-disposition']).toBeUndefined();
    const compressed = await server.ask(`/video/results/${sample.jobId}`, gzip);
    expect(gunzipSync(compressed.body).equals(plain.body)).toBe(true);
  });
});
