import type { RequestHandler } from 'express';
import { processRequest } from 'graphql-upload-ts';
import type { SpaceGuard } from '../storage/free-space.ts';
import { announcedBytes } from './announced-bytes.ts';

const MAX_FIELD_BYTES = 1_000_000;
/** The library's temporary file holds what we store, until the request ends. */
const COPIES = 2;

/**
 * Turns a GraphQL multipart request into an ordinary body with its file as an open stream. The operation starts as
 * soon as the fields have arrived, while the file still does.
 *
 * The library's own Express middleware holds every answer back until the request has ended, so a client that sends
 * too much would be read to its end; here it is answered at once and its connection is closed.
 * Where there is no room for the request, none of it is read: STORAGE_FULL.
 */
export function receiveMultipart(options: { maxFileSize: number; space: SpaceGuard }): RequestHandler {
  return async (request, response, next) => {
    if (!request.is('multipart/form-data')) return next();

    try {
      await options.space.assertRoom(COPIES * announcedBytes(request, options.maxFileSize));
      const settings = { maxFieldSize: MAX_FIELD_BYTES, maxFileSize: options.maxFileSize, maxFiles: 1 };
      request.body = await processRequest(request, response, settings);
      next();
    } catch (error) {
      next(error);
    }
  };
}
