import type { RequestHandler } from 'express';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import { nameRoute } from './name-route.ts';
import { notesOf } from './request-notes.ts';

/** Reports every request when its answer has gone out, or its client has gone away. */
export function observeRequests(requests: RequestMetrics): RequestHandler {
  return (request, response, next) => {
    const begun = performance.now();
    // Routers change these while the request passes through them.
    const { method, path } = request;
    response.once('close', () => {
      const { operation = nameRoute(method, path), code = codeOfStatus(response.statusCode) } =
        notesOf(request);
      requests.observe({
        operation,
        code: response.writableFinished ? code : 'ABORTED',
        seconds: (performance.now() - begun) / 1_000,
      });
    });
    next();
  };
}

/** For answers that name no code of ours, such as those of the upload protocol. */
function codeOfStatus(status: number): string {
  return status < 400 ? 'OK' : `${Math.floor(status / 100)}xx`;
}
