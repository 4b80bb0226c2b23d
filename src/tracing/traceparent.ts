import { type Context, context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';

/**
 * The span around this place as the value of a W3C `traceparent` header, so that another process can go on with its trace;
 * null without a collector.
 */
export function currentTraceparent(): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}

/** Where the span of a `traceparent` is the one around; where none is, when it names none. */
export function contextFrom(traceparent: string | null): Context {
  return propagation.extract(ROOT_CONTEXT, { traceparent: traceparent ?? '' });
}

/** The names that lines of a log give their trace and span, as OpenTelemetry has them. */
export interface TraceFields {
  trace_id?: string;
  span_id?: string;
}

/** The trace and the span around this place. */
export function currentTraceFields(): TraceFields {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}
