/**
 * How fast a large upload is, and how much memory it takes: each way into the API against a bare Node HTTP server that
 * pipes the request into a file on the same disk. Rounds alternate in one run; read the ratios.
 */
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import Table from 'cli-table3';
import * as tus from 'tus-js-client';
import { projectRoot } from '../../dist/src/config.js';
import { startBenchStack } from './bench-stack.ts';
import { median } from '../../worker/median.ts';

const MIB = 1024 * 1024;
const SIZE = Number(process.env['BENCH_MIB'] ?? 1024) * MIB;
/** A small video. */
const WARM_UP_BYTES = 16 * MIB;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);

/** Resident memory of a process in bytes (Linux). */
async function residentBytes(pid: number): Promise<number> {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

/** Bytes before and after the file. */
interface Envelope {
  before: string;
  after: string;
}

const NO_ENVELOPE: Envelope = { before: '', after: '' };
const MULTIPART = { 'content-type': 'multipart/form-data; boundary=bench' };
const field = (name: string, value: string) =>
  `--bench\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const filePart = (name: string) =>
  `--bench\r\nContent-Disposition: form-data; name="${name}"; filename="a.mp4"\r\nContent-Type: video/mp4\r\n\r\n`;
const END = '\r\n--bench--\r\n';

/** Sends `size` bytes of the file by plain HTTP, as `cat file | curl -T -` would. */
function send(
  url: string,
  path: string,
  headers: Record<string, string>,
  { before, after }: Envelope = NO_ENVELOPE,
  size = SIZE,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const length = before.length + size + after.length;
    const request = httpRequest(url, { method: 'POST', headers: { 'content-length': length, ...headers } });
    request.on('error', reject).on('response', (response) => {
      response.setEncoding('utf8');
      let body = '';
      response.on('data', (text: string) => (body += text));
      response.on('end', () => {
        if ((response.statusCode ?? 500) < 300 && !body.includes('"errors"')) resolve();
        else reject(new Error(`the upload was answered with ${response.statusCode}: ${body}`));
      });
    });
    request.write(before);
    const file = createReadStream(path, { highWaterMark: MIB, end: size - 1 });
    file.pipe(request, { end: false });
    file.on('end', () => request.end(after));
  });
}

/** Empties the storage, so that no round finds a fuller disk than the one before. */
async function forgetStored(storage: string): Promise<void> {
  for (const name of await readdir(storage)) if (name.endsWith('.mp4')) await rm(join(storage, name));
}

const stack = await startBenchStack('bench');
try {
  const { directory, key, api } = stack;
  const path = join(directory, 'source.mp4');
  const file = await open(path, 'w');
  await file.write((await readFile(join(projectRoot, 'tests/fixtures/tiny.mp4'))).subarray(0, 64));
  await file.truncate(SIZE);
  await file.close();
  const bare = await stack.start('bare', join(import.meta.dirname, 'bare-upload-server.ts'));
  const authorization = `Bearer ${key}`;

  const ways: Record<string, { pid: number; run: () => Promise<unknown> }> = {
    'bare Node server': { pid: bare.pid, run: () => send(bare.ready, path, {}) },
    'the same, flushed to disk': { pid: bare.pid, run: () => send(`${bare.ready}/flushed`, path, {}) },
    'POST /uploads': {
      pid: api.pid,
      run: () => send(`${api.ready}/uploads`, path, { authorization, 'content-type': 'video/mp4' }),
    },
    tus: {
      pid: api.pid,
      run: () =>
        new Promise<void>((resolve, reject) => {
          new tus.Upload(createReadStream(path, { highWaterMark: MIB }), {
            endpoint: `${api.ready}/uploads`,
            headers: { authorization },
            uploadSize: SIZE,
            onError: reject,
            onSuccess: () => resolve(),
          }).start();
        }),
    },
    'POST /video/submit': {
      pid: api.pid,
      run: () =>
        send(
          `${api.ready}/video/submit`,
          path,
          { authorization, ...MULTIPART },
          { before: filePart('file'), after: END },
        ),
    },
    'GraphQL multipart': {
      pid: api.pid,
      run: () => {
        const query = 'mutation($file: Upload!) { submitVideo(file: $file) { id } }';
        const operations = field('operations', JSON.stringify({ query, variables: { file: null } }));
        const before = `${operations}${field('map', '{"0":["variables.file"]}')}${filePart('0')}`;
        const headers = { authorization, 'apollo-require-preflight': 'true', ...MULTIPART };
        return send(`${api.ready}/graphql`, path, headers, { before, after: END });
      },
    },
  };

  // Memory is that of a service in use: code that runs for the first time takes some, whatever the file's size.
  for (let warmUp = 0; warmUp < 3; warmUp += 1) {
    await send(bare.ready, path, {}, NO_ENVELOPE, WARM_UP_BYTES);
    const headers = { authorization, 'content-type': 'video/mp4' };
    await send(`${api.ready}/uploads`, path, headers, NO_ENVELOPE, WARM_UP_BYTES);
  }

  const rates = new Map<string, number[]>();
  const growths = new Map<string, number>();
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, { pid, run }] of Object.entries(ways)) {
      const before = await residentBytes(pid);
      let most = before;
      const sampling = setInterval(() => {
        void residentBytes(pid).then((now) => (most = Math.max(most, now)));
      }, 20);
      const begun = performance.now();
      await run();
      const seconds = (performance.now() - begun) / 1000;
      clearInterval(sampling);
      // The first round warms the disk up; its memory counts, because the later ones gain hardly any.
      if (round > 0) rates.set(name, [...(rates.get(name) ?? []), SIZE / MIB / seconds]);
      growths.set(name, Math.max(growths.get(name) ?? 0, most - before));
      await forgetStored(join(directory, 'storage'));
    }
  }

  const bareRate = median(rates.get('bare Node server') ?? []);
  const table = new Table({
    head: [`${SIZE / MIB} MiB`, 'MiB/s', 'of the bare rate', 'most resident memory gained, MiB'],
  });
  for (const [name, all] of rates) {
    const growth = (growths.get(name) ?? 0) / MIB;
    table.push([name, median(all).toFixed(0), (median(all) / bareRate).toFixed(2), growth.toFixed(0)]);
  }
  console.log(table.toString());
} finally {
  await stack.close();
}
