import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { toAppError } from '../errors.ts';
import { contextFrom } from './traceparent.ts';

/** What our spans say of themselves; docs/traces.md says what each means. Nothing here may be secret or of any size. */
export interface SpanAttributes {
  'http.request.method'?: string;
  'http.response.status_code'?: number;
  'foregsyte.request.id'?: string;
  'foregsyte.job.id'?: string;
  'foregsyte.job.attempt'?: number;
  'foregsyte.pipeline.id'?: string;
  'foregsyte.attempt.outcome'?: string;
  'foregsyte.frames'?: number;
  'foregsyte.frames.from_checkpoint'?: number;
  'foregsyte.stage.decode_ms'?: number;
  'foregsyte.stage.detect_ms'?: number;
  'foregsyte.stage.ocr_ms'?: number;
  'foregsyte.stage.store_ms'?: number;
}

/** How a span begins. */
export interface SpanOptions {
  /** `server` answers a request, `producer` puts something into the queue, `consumer` takes it out. Default `internal`. */
  kind?: 'server' | 'producer' | 'consumer' | 'internal';
  /** The header or column that names the parent; nothing or nonsense begins a trace. Without it the parent is the span around. */
  traceparent?: string | null | undefined;
  attributes?: SpanAttributes;
}

/** A piece of work that is timed. Without a collector nothing is recorded, and all of this costs next to nothing. */
export interface OpenSpan {
  /** Runs `work`: spans that it opens, and lines that it logs, belong to this one. */
  run<T>(work: () => T): T;
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** Marks the work as failed for this reason. */
  fail(code: string): void;
  /** Notes the reason of a refusal that is nobody's fault here, such as an unknown job. */
  refuse(code: string): void;
  end(): void;
}

const KINDS = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

/** Opens a span, which the caller ends. */
export function openSpan(name: string, options: SpanOptions = {}): OpenSpan {
  const { kind = 'internal', traceparent, attributes } = options;
  const parent = traceparent === undefined ? context.active() : contextFrom(traceparent);
  const span = trace
    .getTracer('foregsyte')
    .startSpan(name, { kind: KINDS[kind], attributes: { ...attributes } }, parent);
  return {
    run: (work) => context.with(trace.setSpan(parent, span), work),
    rename: (newName) => span.updateName(newName),
    set: (more) => span.setAttributes({ ...more }),
    refuse: (code) => span.setAttribute('error.type', code),
    fail: (code) => markFailed(span, code),
    end: () => span.end(),
  };
}

/** Times `work` as a span, which fails as it does. */
export async function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: OpenSpan) => Promise<T>,
): Promise<T> {
  const span = openSpan(name, options);
  try {
    return await span.run(() => work(span));
  } catch (error) {
    span.fail(toAppError(error).code);
    throw error;
  } finally {
    span.end();
  }
}

/** The code alone: what the error says besides may name files and addresses, and stands in the log. */
function markFailed(span: Span, code: string): void {
  span.setAttribute('error.type', code);
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}
