/**
 * How fast a large upload is, and how much memory it takes: each way into the API against a bare Node HTTP server that
 * pipes the request into a file on the same disk. Rounds alternate in one run; read the ratios.
 */
import { createReadStream, openAsBlob } from 'node:fs';
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import Table from 'cli-table3';
import * as tus from 'tus-js-client';
import { projectRoot } from '../../dist/src/config.js';
import { startBenchStack } from './bench-stack.ts';

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

/** Sends the file by plain HTTP, as `cat file | curl -T -` would. */
function send(url: string, path: string, headers: Record<string, string>, size = SIZE): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', headers: { 'content-length': size, ...headers } });
    request.on('error', reject).on('response', (response) => {
      response.resume().on('end', () => {
        if ((response.statusCode ?? 500) < 300) resolve();
        else reject(new Error(`the upload was answered with ${response.statusCode}`));
      });
    });
    createReadStream(path, { highWaterMark: MIB, end: size - 1 }).pipe(request);
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
    'GraphQL multipart': {
      pid: api.pid,
      run: async () => {
        const form = new FormData();
        const query = 'mutation($file: Upload!) { submitVideo(file: $file) { id } }';
        form.set('operations', JSON.stringify({ query, variables: { file: null } }));
        form.set('map', JSON.stringify({ 0: ['variables.file'] }));
        form.set('0', await openAsBlob(path, { type: 'video/mp4' }), 'a.mp4');
        const headers = { authorization, 'apollo-require-preflight': 'true' };
        const answer = await fetch(`${api.ready}/graphql`, { method: 'POST', headers, body: form });
        if ((await answer.text()).includes('"errors"')) throw new Error('the submission was refused');
      },
    },
  };

  // Memory is that of a service in use: code that runs for the first time takes some, whatever the file's size.
  for (let warmUp = 0; warmUp < 3; warmUp += 1) {
    await send(bare.ready, path, {}, WARM_UP_BYTES);
    await send(`${api.ready}/uploads`, path, { authorization, 'content-type': 'video/mp4' }, WARM_UP_BYTES);
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

  const median = (numbers: number[]) =>
    numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
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
