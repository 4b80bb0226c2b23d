import { Counter, Histogram } from 'prom-client';
import type { Metrics } from './create-metrics.ts';

/** One request that was answered, or given up by its client. */
export interface AnsweredRequest {
  /** A field of the schema, such as `Query.status`, or a route, such as `GET /results/:jobId/:file`; one of a fixed list. */
  operation: string;
  /** An error code, `OK`, a class of HTTP status such as `4xx`, or `ABORTED`. */
  code: string;
  seconds: number;
}

/** Counts requests. */
export interface RequestMetrics {
  observe(request: AnsweredRequest): void;
}

/** From a status poll to a large upload, in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** See RequestMetrics. */
export function createRequestMetrics({ registry }: Metrics): RequestMetrics {
  const requests = new Counter({
    name: 'foregsyte_requests_total',
    help: 'Requests by operation and outcome.',
    labelNames: ['operation', 'code'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'foregsyte_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['operation'],
    buckets: BUCKETS,
    registers: [registry],
  });
  return {
    observe({ operation, code, seconds }) {
      requests.inc({ operation, code });
      durations.observe({ operation }, seconds);
    },
  };
}
