import type { RequestHandler } from 'express';
import { processRequest } from 'graphql-upload-ts';

/** How long a client that was refused may go on sending before its connection is cut. */
const LINGER_MS = 2_000;
const MAX_FIELD_BYTES = 1_000_000;

/**
 * Turns a GraphQL multipart request into an ordinary body with its file as an open stream. The operation starts as
 * soon as the fields have arrived, while the file still does.
 *
 * The library's own Express middleware holds every answer back until the request has ended, so a client that sends
 * too much would be read to its end; here it is answered at once and its connection is closed.
 */
export function receiveMultipart(options: { maxFileSize: number }): RequestHandler {
  return async (request, response, next) => {
    if (!request.is('multipart/form-data')) return next();

    response.once('finish', () => {
      if (request.complete) return;
      // The client is still sending. Its bytes are thrown away, and for a moment only, so that it can read the answer.
      request.resume();
      const cut = setTimeout(() => request.destroy(), LINGER_MS);
      request.once('close', () => clearTimeout(cut));
    });

    try {
      const settings = { maxFieldSize: MAX_FIELD_BYTES, maxFileSize: options.maxFileSize, maxFiles: 1 };
      request.body = await processRequest(request, response, settings);
      next();
    } catch (error) {
      next(error);
    }
  };
}
