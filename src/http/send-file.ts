import type { Request, Response } from 'express';
import { AppError } from '../errors.ts';
import type { StorageService } from '../storage/storage-service.ts';
import { bodyHeaders, cacheHeaders, isHangUp, isKnown, type Representation } from './send-stream.ts';

/**
 * Answers GET and HEAD with a stored file as it is: 304 when the client has it, whole, or the range it asks for (206,
 * 416, If-Range). Resolves when the answer is sent or the client has hung up, which ends the reading.
 * @throws AppError STORAGE_FAILED when the file cannot be read.
 */
export async function sendFile(
  request: Request,
  response: Response,
  file: Representation & { storage: StorageService; key: string },
): Promise<void> {
  const caching = cacheHeaders(file, 'identity');
  if (isKnown(request.headers, caching.ETag)) {
    response.set(caching).status(304).end();
    return;
  }
  const local = await file.storage.toLocalFile(file.key);
  try {
    await sendLocalFile(response, local.path, { ...caching, ...bodyHeaders(file) });
  } catch (error) {
    if (isHangUp(error)) return;
    const status = statusOf(error);
    if (status === 412 || status === 416) answerCondition(response, status);
    else throw storageError(response, error);
  } finally {
    await local.release();
  }
}

function sendLocalFile(response: Response, path: string, headers: Record<string, string>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const options = {
    headers,
    cacheControl: false,
    lastModified: false,
    // The data folder may lie below a folder whose name begins with a dot.
    dotfiles: 'allow',
  } as const;
  response.sendFile(path, options, (error?: Error) => {
    if (error) reject(error);
    else resolve();
  });
  return promise;
}

function answerCondition(response: Response, status: 412 | 416): void {
  const message =
    status === 416
      ? 'The range lies outside the file. Content-Range says how long the file is.'
      : 'The file is no longer the one that If-Match names. Fetch it without the condition.';
  const argument = status === 416 ? 'Range' : 'If-Match';
  const extensions = { code: 'INVALID_ARGUMENT', retryable: false, argument };
  response.removeHeader('Content-Disposition');
  response.status(status).json({ detail: message, ...extensions });
}

/** Once sending has begun the error itself is thrown, for the last handler to cut the connection. */
function storageError(response: Response, cause: unknown): unknown {
  if (response.headersSent) return cause;
  return new AppError('STORAGE_FAILED', 'The results cannot be read. Ask the operator to look at the disk.', {
    cause,
  });
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}
