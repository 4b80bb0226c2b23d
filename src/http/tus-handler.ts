import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { Server } from '@tus/server';
import { ERRORS } from '@tus/utils';
import type { Request, Response } from 'express';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Uploads } from '../uploads/uploads.ts';
import { describeHttpFailure } from './answer-errors.ts';
import { callerOf } from './caller-of.ts';
import { notesOf } from './request-notes.ts';
import { TusStore } from './tus-store.ts';
import { createUploadLocker } from './upload-locker.ts';

/** Answers one request of the tus 1.0 protocol. */
export type TusHandler = (request: Request, response: Response) => Promise<void>;

/**
 * Speaks tus 1.0 (creation, HEAD, PATCH, expiration, termination) over our uploads. Locations are relative to the
 * service, so that they hold behind any proxy.
 */
export function createTusHandler(deps: {
  uploads: Uploads;
  maxBytes: number;
  ttlMs: number;
  allowedOrigins: string[];
  logger: Logger;
}): TusHandler {
  const { uploads, maxBytes, ttlMs, allowedOrigins, logger } = deps;
  // The tus server does not hand the request on to its store.
  const requests = new AsyncLocalStorage<Request>();
  const requestInHand = () => {
    const request = requests.getStore();
    if (!request) throw new AppError('INTERNAL_SERVER_ERROR', 'An upload has no request.');
    return request;
  };
  const ownerOfRequest = () => callerOf(requestInHand()).owner;
  const server = new Server({
    path: '/uploads',
    datastore: new TusStore({ uploads, ttlMs, ownerOfRequest }),
    locker: createUploadLocker(),
    maxSize: maxBytes,
    relativeLocation: true,
    allowedOrigins,
    namingFunction: () => randomUUID(),
    // The server asks this before it locks the upload, and whoever wants the lock ends the request that has it: nobody
    // must end what another owner is sending. A POST has no upload yet.
    async onIncomingRequest({ method }, uploadId) {
      if (method === 'POST' || (await uploads.has(ownerOfRequest(), uploadId))) return;
      throw ERRORS.FILE_NOT_FOUND;
    },
    onResponseError(_request, error) {
      // Errors of the protocol itself have a status and a text of their own.
      if (!(error instanceof Error)) return undefined;
      const { status, message, extensions } = describeHttpFailure(error, logger);
      notesOf(requestInHand()).code = extensions.code;
      return { status_code: status, body: JSON.stringify({ detail: message, ...extensions }) };
    },
  });
  return (request, response) => requests.run(request, () => server.handle(request, response));
}
