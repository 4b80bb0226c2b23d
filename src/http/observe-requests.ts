import type { Request, RequestHandler } from 'express';
import { ERROR_CODES, isErrorCode } from '../error-codes.ts';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import { openSpan, type OpenSpan } from '../tracing/span.ts';
import { REQUEST_ID_HEADER } from './identify-request.ts';
import { nameRoute } from './name-route.ts';
import { notesOf } from './request-notes.ts';

/** Asked for every few seconds by whoever watches the process: a trace of each would tell nothing. */
const PROBES: ReadonlySet<string> = new Set(['GET /healthz', 'GET /readyz']);

/**
 * Reports every request when its answer has gone out, or its client has gone away: to the metrics, and as a span, around
 * which the request is answered.
 */
export function observeRequests(requests: RequestMetrics): RequestHandler {
  return (request, response, next) => {
    const begun = performance.now();
    // Routers change these while the request passes through them.
    const { method, path } = request;
    const route = nameRoute(method, path);
    const span = PROBES.has(route)
      ? undefined
      : openRequestSpan(request, route, response.get(REQUEST_ID_HEADER));
    response.once('close', () => {
      const { operation = route, code = codeOfStatus(response.statusCode) } = notesOf(request);
      const outcome = response.writableFinished ? code : 'ABORTED';
      requests.observe({ operation, code: outcome, seconds: (performance.now() - begun) / 1_000 });
      span?.rename(operation);
      span?.set({ 'http.response.status_code': response.statusCode });
      if (isOurFault(outcome)) span?.fail(outcome);
      else if (outcome !== 'OK') span?.refuse(outcome);
      span?.end();
    });
    if (span) span.run(next);
    else next();
  };
}

function openRequestSpan(request: Request, route: string, requestId: string | undefined): OpenSpan {
  return openSpan(route, {
    kind: 'server',
    traceparent: request.get('traceparent') ?? null,
    attributes: {
      'http.request.method': request.method,
      ...(requestId === undefined ? {} : { 'foregsyte.request.id': requestId }),
    },
  });
}

/** For answers that name no code of ours, such as those of the upload protocol. */
function codeOfStatus(status: number): string {
  return status < 400 ? 'OK' : `${Math.floor(status / 100)}xx`;
}

/** Whether the service failed, and not the client. */
function isOurFault(code: string): boolean {
  return isErrorCode(code) ? ERROR_CODES[code].httpStatus >= 500 : code === '5xx';
}
