import type { IncomingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Request, Response } from 'express';

const HANG_UP_CODES = new Set([
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_UNABLE_TO_PIPE',
  'ECONNABORTED',
  'ECONNRESET',
  'EPIPE',
]);

/** How a body that never changes is described to a client. */
export interface Representation {
  contentType: string;
  /** What the strong ETag stands for, without quotes and without the mark of a coding: letters, digits, dots, dashes. */
  tag: string;
  /** Name under which a browser saves it, of the same signs; null when it is to be shown. */
  fileName: string | null;
}

/** A body that is made while it is sent. */
export interface StreamedBody extends Representation {
  /** Whether to say that there are no ranges; left open when another coding of the same body has them. */
  hasNoRanges: boolean;
  /** Begins the reading. It is not called when the client wants no body. */
  open(): AsyncIterable<string | Uint8Array>;
}

/** Codings in which bodies are sent. */
export type Coding = 'gzip' | 'identity';

/** Which coding the client prefers; identity when it does not say. */
export function chooseCoding(request: Request): Coding {
  return request.acceptsEncodings('gzip', 'identity') === 'gzip' ? 'gzip' : 'identity';
}

/** The headers by which caches know a representation; they belong to a 304 too. */
export function cacheHeaders({ tag }: Representation, coding: Coding) {
  return {
    'Cache-Control': 'private, no-cache',
    Vary: 'Accept-Encoding',
    // A strong tag stands for bytes, and the compressed bytes are others.
    ETag: coding === 'gzip' ? `"${tag}-gzip"` : `"${tag}"`,
  };
}

/** The headers that say what the body is. */
export function bodyHeaders({ contentType, fileName }: Representation) {
  return {
    'Content-Type': contentType,
    ...(fileName === null ? {} : { 'Content-Disposition': `attachment; filename="${fileName}"` }),
  };
}

/**
 * Whether the client already has the representation. Express's `request.fresh` never says so to `fetch`, which adds
 * `Cache-Control: no-cache` to a request with its own If-None-Match; that asks for validation, and this is one.
 */
export function isKnown(headers: IncomingHttpHeaders, etag: string): boolean {
  const tags = (headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.some((tag) => tag === etag || tag === '*');
}

/**
 * Answers GET and HEAD with a body of unknown length: 304 when the client has it, compressed when the client can read
 * that, never by ranges. Resolves when the answer is sent or the client has hung up, which ends the reading.
 * @throws whatever the body throws; before its first piece nothing has been sent, after it the connection is cut.
 */
export async function sendStream(request: Request, response: Response, body: StreamedBody): Promise<void> {
  const coding = chooseCoding(request);
  const caching = cacheHeaders(body, coding);
  if (isKnown(request.headers, caching.ETag)) {
    response.set(caching).status(304).end();
    return;
  }
  const headers = {
    ...caching,
    ...bodyHeaders(body),
    ...(body.hasNoRanges ? { 'Accept-Ranges': 'none' } : {}),
    ...(coding === 'gzip' ? { 'Content-Encoding': 'gzip' } : {}),
  };
  if (request.method === 'HEAD') {
    response.set(headers).end();
    return;
  }

  const pieces = body.open()[Symbol.asyncIterator]();
  // The first piece proves that there is something to send; until then an error can still be answered.
  const source = resume(await pieces.next(), pieces);
  response.set(headers);
  try {
    if (coding === 'gzip') await pipeline(source, createGzip(), response);
    else await pipeline(source, response);
  } catch (error) {
    if (!isHangUp(error)) throw error;
  } finally {
    // A failed pipeline can settle before it has ended its source, or without having begun it.
    await pieces.return?.();
  }
}

/** Whether an error only says that the client has gone. */
export function isHangUp(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return HANG_UP_CODES.has(String(error.code));
}

async function* resume<T>(first: IteratorResult<T, unknown>, pieces: AsyncIterator<T>): AsyncGenerator<T> {
  for (let piece = first; !piece.done; piece = await pieces.next()) yield piece.value;
}
