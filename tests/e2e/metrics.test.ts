import { randomUUID } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { childEnvironment, projectRoot } from '../../src/config.ts';
import { startServiceProcess } from '../../src/processes/service-process.ts';
import { makeKey } from '../helpers/api-keys.ts';
import {
  fileAsBlob,
  startService,
  submittedJobId,
  TINY_VIDEO,
  type RunningService,
} from '../helpers/running-service.ts';
import { scrapedValues } from '../helpers/scraped-values.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitFor } from '../helpers/wait-for.ts';

const SETTLE_MS = 60_000;
const dataDirectory = temporaryDirectory();
let service: RunningService;
/** Where each process serves its metrics. */
let urls: { api: string; worker: string };

const untilMetricsAt = (log: string) =>
  waitFor(
    async () =>
      /metrics ready: (http:\S+)\/metrics/.exec(await readFile(join(dataDirectory, log), 'utf8'))?.[1],
    SETTLE_MS,
    `the address of the metrics in ${log}`,
  );
beforeAll(async () => {
  service = await startService({
    dataDirectory,
    worker: true,
    environment: { METRICS_PORT: '0', AUTHENTICATION: 'keys' },
  });
  urls = { api: await untilMetricsAt('api.log'), worker: await untilMetricsAt('worker.log') };
});
afterAll(() => service.stop());

const scrape = async (url: string) => {
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain');
  return Object.fromEntries(scrapedValues(await response.text()));
};
const probe = async (url: string) => {
  const response = await fetch(`${url}/readyz`);
  return { status: response.status, body: await response.json() };
};
const READY = {
  status: 200,
  body: {
    status: 'ready',
    checks: { database: 'ok', migrations: 'ok', storage: 'ok', queue: 'ok' },
  },
};

describe('metrics', () => {
  it('tell of requests, by what is asked for and never by what clients call it, and of work', async () => {
    const key = await makeKey(service.database.url, 'ann', ['submit', 'read']);
    const jobId = submittedJobId(await service.submit(await fileAsBlob(TINY_VIDEO), 'a.mp4', {}, key));
    const status = 'query($id: ID!) { status(jobId: $id) { status } }';
    await waitFor(
      async () =>
        JSON.stringify(await service.request(status, { id: jobId }, key)).includes('COMPLETED')
          ? true
          : undefined,
      SETTLE_MS,
      'the job to be completed',
    );
    await service.request('query Mine { service { version } pipelines { id } }', {}, key);
    await service.request(status, { id: randomUUID() }, key);
    await service.request('query { nothing }', {}, key);
    await service.request('{ service { version } }');
    await service.fetch(`/video/status/${randomUUID()}`, {}, key);
    await service.fetch(`/${randomUUID()}`, {}, key);
    const tus = { 'tus-resumable': '1.0.0' };
    await service.fetch(`/uploads/${randomUUID()}`, { method: 'HEAD', headers: tus }, key);
    await service.fetch('/uploads', { method: 'POST', headers: { ...tus, 'upload-length': '0' } }, key);

    const last = 'foregsyte_requests_total{operation="POST /uploads",code="INVALID_VIDEO"}';
    const seen = await waitFor(
      async () => {
        const values = await scrape(urls.api);
        return values[last] === 1 ? values : undefined;
      },
      SETTLE_MS,
      'the last request to be counted',
    );
    expect(seen).toMatchObject({
      foregsyte_database_up: 1,
      'foregsyte_jobs{state="completed"}': 1,
      'foregsyte_requests_total{operation="Mutation.submitVideo",code="OK"}': 1,
      'foregsyte_requests_total{operation="Query.status",code="OK"}': expect.any(Number),
      'foregsyte_requests_total{operation="Query.status",code="JOB_NOT_FOUND"}': 1,
      'foregsyte_requests_total{operation="Query.*",code="OK"}': 1,
      'foregsyte_requests_total{operation="POST /graphql",code="GRAPHQL_VALIDATION_FAILED"}': 1,
      'foregsyte_requests_total{operation="POST /graphql",code="UNAUTHENTICATED"}': 1,
      'foregsyte_requests_total{operation="GET /video/status/:jobId",code="JOB_NOT_FOUND"}': 1,
      'foregsyte_requests_total{operation="other",code="NOT_FOUND"}': 1,
      'foregsyte_requests_total{operation="HEAD /uploads/:uploadId",code="4xx"}': 1,
      'foregsyte_request_duration_seconds_count{operation="Mutation.submitVideo"}': 1,
    });
    expect(Object.keys(seen).filter((name) => /[0-9a-f]{8}-|Mine/.test(name))).toEqual([]);

    const work = await waitFor(
      async () => {
        const values = await scrape(urls.worker);
        return values['foregsyte_attempts_total{outcome="completed",code="OK"}'] === 1 ? values : undefined;
      },
      SETTLE_MS,
      'the attempt to be counted',
    );
    expect(work).toMatchObject({
      'foregsyte_process_info{role="worker",version="0.1.0"}': 1,
      'foregsyte_inference_duration_seconds_count{engine="detection"}':
        work['foregsyte_inferences_total{engine="detection"}'],
      'foregsyte_stage_duration_seconds_count{stage="decode"}': 1,
      foregsyte_nodejs_eventloop_lag_p99_seconds: expect.any(Number),
    });
    // Three frames are sampled, of which those that look alike are not analysed again.
    const analysed = work['foregsyte_frames_total{source="analysed"}'] ?? 0;
    expect(analysed + (work['foregsyte_frames_total{source="reused"}'] ?? 0)).toBe(3);
    expect(work['foregsyte_inferences_total{engine="detection"}']).toBe(analysed);
  });

  it('are not on the port of the API', async () => {
    const key = await makeKey(service.database.url, 'ann', ['read']);
    expect((await service.fetch('/metrics', {}, key)).status).toBe(404);
  });

  it('stop a process whose port is taken, with a message that says what to do', async () => {
    const other = createServer();
    const listening = Promise.withResolvers<void>();
    other.listen(0, '127.0.0.1', listening.resolve);
    await listening.promise;
    const address = other.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no TCP address.');
    const logFile = join(dataDirectory, 'taken.log');
    const starting = startServiceProcess({
      name: 'api',
      entry: join(projectRoot, 'dist', 'src', 'main.js'),
      environment: childEnvironment({
        DATABASE_URL: service.database.url,
        DATA_DIR: dataDirectory,
        PORT: '0',
        METRICS_PORT: String(address.port),
      }),
      logFile,
      signal: AbortSignal.timeout(SETTLE_MS),
    });
    await expect(starting).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
    expect(await readFile(logFile, 'utf8')).toMatch(
      new RegExp(
        `INVALID_CONFIGURATION.*Port ${address.port} cannot be taken on [\\d.]+\\. Set METRICS_PORT`,
      ),
    );
    other.close();
  });
});

describe('/readyz', () => {
  it('needs no key, and names what is missing, of API and worker alike', async () => {
    const places = [service.url, urls.api, urls.worker];
    expect(await Promise.all(places.map(probe))).toEqual([READY, READY, READY]);

    const storage = join(dataDirectory, 'storage');
    await rename(storage, `${storage}-away`);
    const withoutStorage = {
      status: 503,
      body: { status: 'unready', checks: { ...READY.body.checks, storage: 'failed' } },
    };
    expect(await Promise.all(places.map(probe))).toEqual([withoutStorage, withoutStorage, withoutStorage]);
    await rename(`${storage}-away`, storage);
    expect(await Promise.all(places.map(probe))).toEqual([READY, READY, READY]);

    await service.database.drop();
    const withoutDatabase = {
      status: 503,
      body: {
        status: 'unready',
        checks: { database: 'failed', migrations: 'failed', storage: 'ok', queue: 'failed' },
      },
    };
    expect(await Promise.all(places.map(probe))).toEqual([withoutDatabase, withoutDatabase, withoutDatabase]);
    expect((await scrape(urls.api))['foregsyte_database_up']).toBe(0);
    expect((await fetch(`${urls.worker}/healthz`)).status).toBe(200);
  });
});
