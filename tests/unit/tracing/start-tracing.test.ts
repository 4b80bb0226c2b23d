import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { readConfig } from '../../../src/config.ts';
import { AppError } from '../../../src/errors.ts';
import { currentLogFields, withLogFields } from '../../../src/log-fields.ts';
import { inSpan, openSpan } from '../../../src/tracing/span.ts';
import { startTracing, type Tracing } from '../../../src/tracing/start-tracing.ts';
import { currentTraceFields, currentTraceparent } from '../../../src/tracing/traceparent.ts';
import { FAILED, startTraceCollector, type TraceCollector } from '../../helpers/trace-collector.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const SAMPLED = `00-${TRACE}-${PARENT}-01`;
const UNSAMPLED = `00-${TRACE}-${PARENT}-00`;

let collector: TraceCollector;
let tracing: Tracing;
let log: { level: number; msg: string; requestId?: string }[];
let stuck: number;
beforeEach(async () => {
  collector = await startTraceCollector();
  log = [];
  stuck = 0;
});
afterEach(async () => {
  await tracing.close();
  await collector.close();
});

async function trace(environment: Record<string, string>): Promise<void> {
  const logger = pino(
    { mixin: currentLogFields },
    { write: (line: string) => void log.push(JSON.parse(line)) },
  );
  tracing = await startTracing({
    config: readConfig({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', ...environment }),
    traced: { role: 'api', version: '1.2.3' },
    logger,
    onStuck: () => {
      stuck += 1;
    },
  });
}
const toCollector = (more: Record<string, string> = {}) =>
  trace({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...more });

describe('tracing', () => {
  it('records nothing without a collector', async () => {
    await trace({});
    await inSpan('work', { traceparent: SAMPLED }, async () => {
      expect(currentTraceparent()).toBeNull();
      expect(currentTraceFields()).toEqual({});
    });
  });

  it('sends spans with their parents, attributes and failures, and says which process they are of', async () => {
    await toCollector();
    const given = { kind: 'server', traceparent: SAMPLED, attributes: { 'foregsyte.job.id': 'j' } } as const;
    await inSpan('outer', given, async (outer) => {
      outer.rename('renamed');
      outer.set({ 'foregsyte.frames': 7 });
      expect(currentTraceFields().trace_id).toBe(TRACE);
      const failing = inSpan('inner', {}, async () => {
        throw new AppError('STORAGE_FAILED', 'The disk of /secret is broken.');
      });
      await expect(failing).rejects.toThrow('The disk');
    });
    await tracing.close();

    const [inner, outer] = collector.spans();
    expect(outer).toMatchObject({
      name: 'renamed',
      kind: 2,
      traceId: TRACE,
      parentSpanId: PARENT,
      attributes: { 'foregsyte.job.id': 'j', 'foregsyte.frames': 7 },
      status: { code: 0 },
      resource: { 'service.name': 'foregsyte-api', 'service.version': '1.2.3', 'process.pid': process.pid },
    });
    expect(inner).toMatchObject({
      name: 'inner',
      kind: 1,
      traceId: TRACE,
      parentSpanId: outer?.spanId,
      attributes: { 'error.type': 'STORAGE_FAILED' },
      status: { code: FAILED },
    });
    expect(collector.requests.map(({ path }) => path)).toEqual(['/v1/traces']);
    expect(JSON.stringify(collector.requests)).not.toContain('secret');
  });

  it('hands a span over as a traceparent that another process goes on with', async () => {
    await toCollector();
    const handed = await inSpan('here', {}, async () => currentTraceparent());
    await inSpan('there', { traceparent: handed }, async () => {});
    await tracing.close();
    const [here, there] = collector.spans();
    expect(there).toMatchObject({ traceId: here?.traceId, parentSpanId: here?.spanId });
    expect(currentTraceparent()).toBeNull();
  });

  it.each([
    ['empty', ''],
    ['nonsense', 'nonsense'],
    ['of the trace 0', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['cut', SAMPLED.slice(0, -3)],
    ['too long', `${SAMPLED}${'x'.repeat(9_999)}`],
  ])('begins a trace of its own when the traceparent is %s', async (_what, traceparent) => {
    await toCollector();
    await inSpan('alone', { traceparent }, async () => {});
    await tracing.close();
    const [alone] = collector.spans();
    expect(alone?.parentSpanId ?? '').toBe('');
    expect(alone?.traceId).not.toBe(TRACE);
  });

  it('sends Protobuf when not told otherwise, and to the exact address when there is one', async () => {
    const { OTEL_EXPORTER_OTLP_PROTOCOL: byDefault } = readConfig({});
    await trace({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/tenant/spans`,
      OTEL_EXPORTER_OTLP_PROTOCOL: byDefault,
    });
    openSpan('a span whose name is seen in Protobuf, too').end();
    await tracing.close();
    const [request] = collector.requests;
    expect(request?.path).toBe('/tenant/spans');
    expect(request?.headers['content-type']).toBe('application/x-protobuf');
    expect(request?.body).toContain('a span whose name is seen in Protobuf, too');
  });

  it.each([
    ['always_on', '0', 3],
    ['always_off', '1', 0],
    ['traceidratio', '1', 3],
    ['traceidratio', '0', 0],
    ['parentbased_always_on', '0', 2],
    ['parentbased_always_off', '1', 1],
    ['parentbased_traceidratio', '1', 2],
    ['parentbased_traceidratio', '0', 1],
  ])(
    '%s with %s records %d of a span without a parent, with a recorded one, and with another',
    async (OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG, recorded) => {
      await toCollector({ OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG });
      for (const traceparent of [null, SAMPLED, UNSAMPLED]) openSpan('work', { traceparent }).end();
      await tracing.close();
      expect(collector.spans()).toHaveLength(recorded);
    },
  );

  it('cuts what a client made too long', async () => {
    await toCollector();
    openSpan('work', { attributes: { 'foregsyte.request.id': 'x'.repeat(100_000) } }).end();
    await tracing.close();
    expect(collector.spans()[0]?.attributes['foregsyte.request.id']).toHaveLength(256);
  });

  it('tells of a collector that refuses, not as part of a request, and ends all the same', async () => {
    await toCollector();
    collector.answer('refuse');
    await withLogFields({ requestId: 'of somebody' }, async () => {
      openSpan('lost').end();
      await tracing.close();
    });
    const msg = 'spans do not reach the collector; they are lost until it answers again';
    const line = log.find((one) => one.msg === msg);
    expect(line).toMatchObject({ level: 40 });
    expect(line).not.toHaveProperty('requestId');
    expect(collector.requests).toHaveLength(1);
    expect(stuck).toBe(0);
  });

  it('does not wait for a collector that hangs', async () => {
    await toCollector();
    collector.answer('hang');
    openSpan('lost').end();
    const begun = performance.now();
    await tracing.close();
    // Its requests are given ten seconds.
    expect(performance.now() - begun).toBeLessThan(8_000);
    expect(stuck).toBe(1);
    expect(log.map(({ msg }) => msg)).toContain('the collector does not answer; the last spans are lost');
  });
});
