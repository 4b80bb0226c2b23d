import express, { type Request, type RequestHandler, type Router } from 'express';
import { uploadTtlMs, type Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { SpaceGuard } from '../storage/free-space.ts';
import type { UploadSlots } from '../uploads/upload-slots.ts';
import type { Uploads } from '../uploads/uploads.ts';
import { assertVideoMediaType } from '../uploads/video-media-type.ts';
import { announcedBytes } from './announced-bytes.ts';
import { callerOf, callerWith } from './caller-of.ts';
import { createTusHandler } from './tus-handler.ts';

/**
 * Uploads outside GraphQL. `POST /uploads` takes the raw bytes of a file; with the header `Tus-Resumable`, and below
 * `/uploads/`, the tus 1.0 protocol is spoken instead.
 */
export function createUploadRoutes(deps: {
  config: Config;
  uploads: Uploads;
  slots: UploadSlots;
  space: SpaceGuard;
  logger: Logger;
}): Router {
  const { config, uploads, slots, space, logger } = deps;
  const maxBytes = config.MAX_UPLOAD_BYTES;
  const tus = createTusHandler({
    uploads,
    maxBytes,
    logger,
    ttlMs: uploadTtlMs(config),
    allowedOrigins: config.CORS_ORIGINS,
  });

  const resumable: RequestHandler = async (request, response) => {
    const { owner } = callerOf(request);
    const receives = request.method === 'POST' || request.method === 'PATCH';
    if (receives) await slots.run(owner, () => tus(request, response));
    else await tus(request, response);
  };

  const whole: RequestHandler = async (request, response) => {
    const { owner } = callerOf(request);
    assertVideoMediaType(request.headers['content-type']);
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
    await space.assertRoom(announcedBytes(request, maxBytes));
    const upload = await slots.run(owner, () =>
      uploads.store(owner, filenameOf(request), bounded(request, maxBytes)),
    );
    response.status(201).json({
      uploadId: upload.uploadId,
      sizeBytes: upload.sizeBytes,
      sha256: upload.sha256,
      expiresAt: upload.expiresAt.toISOString(),
    });
  };

  const router = express.Router();
  router.use((request, _response, next) => {
    callerWith('submit', request);
    next();
  });
  router.post('/', (request, response, next) =>
    request.headers['tus-resumable'] === undefined
      ? whole(request, response, next)
      : resumable(request, response, next),
  );
  router.options('/', resumable);
  router.all('/:uploadId', resumable);
  return router;
}

/** The request's bytes, at most `maxBytes`. Ends with AppError FILE_TOO_LARGE or UPLOAD_INTERRUPTED. */
async function* bounded(request: Request, maxBytes: number): AsyncGenerator<Uint8Array> {
  let received = 0;
  try {
    // The connection stays open when reading ends early, because the answer goes over it.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('The request was decoded to text.');
      received += chunk.length;
      if (received > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof AppError || !request.destroyed || request.complete) throw error;
    throw new AppError(
      'UPLOAD_INTERRUPTED',
      'The connection ended before the whole file had arrived. Send it again, or use the resumable upload.',
      { cause: error },
    );
  }
}

function filenameOf(request: Request): string {
  const given = request.query['filename'];
  return typeof given === 'string' ? given : '';
}

function tooLarge(maxBytes: number): AppError {
  return new AppError(
    'FILE_TOO_LARGE',
    `The file is larger than the ${maxBytes} bytes that this service takes. Send a shorter or smaller video.`,
    { details: { maxBytes } },
  );
}
