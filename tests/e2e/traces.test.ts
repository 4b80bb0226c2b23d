import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { makeKey } from '../helpers/api-keys.ts';
import { projectRoot } from '../../src/config.ts';
import { fileAsBlob, startService, submittedJobId, TINY_VIDEO } from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import {
  FAILED,
  startTraceCollector,
  type ReceivedSpan,
  type TraceCollector,
} from '../helpers/trace-collector.ts';
import { waitForSettledJob } from '../helpers/wait-for-settled-job.ts';

const dataDirectory = temporaryDirectory();
const WITHOUT_PICTURES = join(projectRoot, 'tests', 'fixtures', 'audio-only.mp4');
/** The spans that clients say they are in. */
const SUBMITTING = { traceId: 'a'.repeat(32), spanId: '1'.repeat(16) };
const FORM = { traceId: 'd'.repeat(32), spanId: '4'.repeat(16) };
const RETRYING = { traceId: 'b'.repeat(32), spanId: '2'.repeat(16) };
const UNSAMPLED = { traceId: 'c'.repeat(32), spanId: '3'.repeat(16) };

let collector: TraceCollector;
let spans: ReceivedSpan[];
let key: string;
let jobId: string;
let brokenId: string;

beforeAll(async () => {
  collector = await startTraceCollector();
  const service = await startService({
    dataDirectory,
    worker: true,
    environment: {
      AUTHENTICATION: 'keys',
      WORKER_POLL_MS: '50',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=ours',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    },
  });
  key = await makeKey(service.database.url, 'ann', ['admin']);
  const send = async (query: string, variables: object, from: typeof SUBMITTING, sampled: boolean) => {
    const traceparent = `00-${from.traceId}-${from.spanId}-${sampled ? '01' : '00'}`;
    const headers = { 'content-type': 'application/json', traceparent };
    const body = JSON.stringify({ query, variables });
    const answer = await service.fetch('/graphql', { method: 'POST', headers, body }, key);
    return z.object({ data: z.record(z.string(), z.unknown()) }).parse(await answer.json());
  };
  const submit = async (video: Blob, from: typeof SUBMITTING, sampled = true): Promise<string> => {
    const uploaded = await service.fetch(
      '/uploads?filename=holiday.mp4',
      { method: 'POST', body: video },
      key,
    );
    const { uploadId } = z.object({ uploadId: z.string() }).parse(await uploaded.json());
    const query = 'mutation($id: ID!) { submitVideo(uploadId: $id, pipelineId: "yolo_ocr") { id } }';
    return submittedJobId(await send(query, { id: uploadId }, from, sampled));
  };

  for (const probe of ['/healthz', '/readyz']) await service.fetch(probe);
  const tiny = await fileAsBlob(TINY_VIDEO);
  jobId = await submit(tiny, SUBMITTING);
  const unseen = await submit(tiny, UNSAMPLED, false);
  const form = new FormData();
  form.set('file', await fileAsBlob(WITHOUT_PICTURES), 'holiday.mp4');
  const headers = { traceparent: `00-${FORM.traceId}-${FORM.spanId}-01` };
  const submitted = await service.fetch(
    '/video/submit?pipeline_id=yolo_ocr',
    { method: 'POST', body: form, headers },
    key,
  );
  brokenId = z.object({ job_id: z.string() }).parse(await submitted.json()).job_id;
  await waitForSettledJob(service, brokenId, { key });
  await send('mutation($id: ID!) { retryJob(jobId: $id) { id } }', { id: brokenId }, RETRYING, true);
  for (const id of [jobId, unseen, brokenId]) await waitForSettledJob(service, id, { key });
  // A process that stops sends what it has.
  await service.stop();
  spans = collector.spans();
}, 180_000);
afterAll(() => collector.close());

const named = (name: string, traceId: string) =>
  spans.filter((span) => span.name === name && span.traceId === traceId);

describe('the trace of a job', () => {
  it('is one from the request of a client through the queue to the worker', () => {
    const [request] = named('Mutation.submitVideo', SUBMITTING.traceId);
    const [queued] = named('queue job', SUBMITTING.traceId);
    const [attempt] = named('attempt', SUBMITTING.traceId);
    expect(request).toMatchObject({
      kind: 2,
      parentSpanId: SUBMITTING.spanId,
      resource: { 'service.name': 'foregsyte-api', 'deployment.environment.name': 'test' },
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': 200 },
    });
    expect(queued).toMatchObject({
      kind: 4,
      parentSpanId: request?.spanId,
      resource: { 'service.name': 'foregsyte-api' },
      attributes: { 'foregsyte.job.id': jobId, 'foregsyte.pipeline.id': 'yolo_ocr' },
    });
    expect(attempt).toMatchObject({
      kind: 5,
      parentSpanId: queued?.spanId,
      resource: { 'service.name': 'foregsyte-worker' },
      attributes: {
        'foregsyte.job.id': jobId,
        'foregsyte.job.attempt': 1,
        'foregsyte.attempt.outcome': 'completed',
      },
      status: { code: 0 },
    });
    expect(attempt?.resource['process.pid']).not.toBe(request?.resource['process.pid']);
  });

  it('tells what the attempt did', () => {
    const [attempt] = named('attempt', SUBMITTING.traceId);
    const [analysis] = named('analyse video', SUBMITTING.traceId);
    expect(analysis?.parentSpanId).toBe(attempt?.spanId);
    expect(analysis?.attributes['foregsyte.frames']).toBeGreaterThan(0);
    expect(analysis?.attributes['foregsyte.stage.detect_ms']).toBeGreaterThan(0);
    const [stored] = named('store results', SUBMITTING.traceId);
    expect(stored?.parentSpanId).toBe(attempt?.spanId);
  });

  it('says why an attempt failed, and goes on with the request that tries again', () => {
    const code = { 'error.type': 'UNSUPPORTED_MEDIA' };
    const [first] = named('attempt', FORM.traceId);
    expect(first).toMatchObject({
      attributes: { 'foregsyte.job.id': brokenId, 'foregsyte.attempt.outcome': 'failed', ...code },
      status: { code: FAILED },
    });
    const [retry] = named('Mutation.retryJob', RETRYING.traceId);
    const [queued] = named('queue job', RETRYING.traceId);
    const [second] = named('attempt', RETRYING.traceId);
    expect(retry?.parentSpanId).toBe(RETRYING.spanId);
    expect(queued?.parentSpanId).toBe(retry?.spanId);
    expect(second).toMatchObject({
      parentSpanId: queued?.spanId,
      attributes: { 'foregsyte.job.id': brokenId, 'foregsyte.job.attempt': 2, ...code },
    });
  });

  it('is not recorded, here as there, when the client does not record it', () => {
    expect(spans.filter(({ traceId }) => traceId === UNSAMPLED.traceId)).toEqual([]);
  });

  it('is that of a form without GraphQL, too', () => {
    const [request] = named('POST /video/submit', FORM.traceId);
    const [received] = named('receive file', FORM.traceId);
    const [queued] = named('queue job', FORM.traceId);
    expect(request?.parentSpanId).toBe(FORM.spanId);
    for (const part of [received, queued]) expect(part?.parentSpanId).toBe(request?.spanId);
  });

  it('stands on the lines of both logs', async () => {
    const lineSchema = z.object({ msg: z.string(), trace_id: z.string().optional() });
    for (const [process, end] of [
      ['api', 'submitted'],
      ['worker', 'running -> completed'],
    ]) {
      const log = await readFile(join(dataDirectory, `${process}.log`), 'utf8');
      const lines = log
        .trim()
        .split('\n')
        .map((line) => lineSchema.parse(JSON.parse(line)));
      const line = lines.find(({ msg }) => msg === `job ${jobId}: ${end}`);
      expect({ process, trace_id: line?.trace_id }).toEqual({ process, trace_id: SUBMITTING.traceId });
    }
  });
});

describe('what the collector gets', () => {
  it('is a trace of its own for each request of which the client says nothing', () => {
    const polls = spans.filter(({ name }) => name === 'Query.status');
    expect(polls.length).toBeGreaterThan(3);
    expect(new Set(polls.map(({ traceId }) => traceId)).size).toBe(polls.length);
  });

  it('says nothing of probes', () => {
    expect(spans.map(({ name }) => name)).not.toContainEqual(expect.stringMatching(/healthz|readyz/));
  });

  it('comes with the headers that the operator gave', () => {
    expect(collector.requests.map(({ headers }) => headers['x-tenant'])).toContain('ours');
  });

  it('is what docs/traces.md says', async () => {
    const text = await readFile(join(projectRoot, 'docs', 'traces.md'), 'utf8');
    const documented = new Set(Array.from(text.matchAll(/^\| `([^`]+)`/gm), ([, name]) => name));
    const inner = spans.filter(({ kind }) => kind !== 2).map(({ name }) => name);
    const attributes = spans.flatMap((span) => Object.keys(span.attributes));
    // The attempts of this test are not interrupted.
    expect(new Set([...inner, ...attributes, 'foregsyte.frames.from_checkpoint'])).toEqual(documented);
  });

  it('holds no key, no name of a file and no path', () => {
    const sent = collector.requests.map(({ body }) => body).join('');
    for (const secret of [key, key.slice(-20), 'holiday', dataDirectory]) expect(sent).not.toContain(secret);
  });
});

describe('a collector that hangs', () => {
  it('keeps the API neither from answering nor from ending by itself', async () => {
    const hanging = await startTraceCollector();
    hanging.answer('hang');
    const service = await startService({
      dataDirectory,
      worker: false,
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: hanging.url },
    });
    expect(await service.request('{ service { version } }')).toMatchObject({ data: expect.anything() });
    await service.stop();
    expect(await service.api.exited).toEqual({ exitCode: 0, signal: null });
    expect(hanging.requests).toHaveLength(1);
    await hanging.close();
  });
});
