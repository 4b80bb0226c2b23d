import { AsyncResource } from 'node:async_hooks';
import type { Readable } from 'node:stream';
import busboy from 'busboy';
import type { Request } from 'express';
import { AppError } from '../errors.ts';

/** The file of a plain multipart request. */
export interface ReceivedFile {
  filename: string;
  mediaType: string;
  /** Ends with AppError FILE_TOO_LARGE or UPLOAD_INTERRUPTED when the file does not arrive whole. */
  bytes: AsyncIterable<Uint8Array>;
}

/**
 * Hands the part named `field` of a multipart/form-data request to `use` while it arrives; nothing is buffered.
 * @throws AppError INVALID_ARGUMENT when the request has no such part; what `use` throws.
 */
export async function receiveFile<T>(
  request: Request,
  options: { field: string; maxBytes: number },
  use: (file: ReceivedFile) => Promise<T>,
): Promise<T> {
  const { field, maxBytes } = options;
  // The part comes with an event of the connection, which knows nothing of this request's trace and fields of the log.
  const useInRequest = AsyncResource.bind(use);
  const parser = createParser(request, maxBytes);
  const outcome = Promise.withResolvers<T>();
  let part: Readable | undefined;

  parser.on('file', (name, stream, { filename, mimeType }) => {
    if (name !== field || part) {
      stream.resume();
      return;
    }
    part = stream;
    // Whoever reads the stream gets its error; until somebody does, it must not end the process.
    stream.on('error', () => {});
    const bytes = requireWhole(stream, maxBytes);
    useInRequest({ filename: filename ?? '', mediaType: mimeType, bytes }).then(
      outcome.resolve,
      outcome.reject,
    );
  });
  const endEarly = () => {
    if (part) part.destroy(new Error('the request ended before the file'));
    else outcome.reject(noFile(field));
  };
  parser.on('close', () => {
    if (!part) outcome.reject(noFile(field));
  });
  parser.on('error', endEarly);
  request.once('aborted', endEarly);
  request.pipe(parser);
  try {
    return await outcome.promise;
  } finally {
    request.off('aborted', endEarly);
    request.unpipe(parser);
    part?.destroy();
    parser.destroy();
  }
}

function createParser(request: Request, maxBytes: number): busboy.Busboy {
  try {
    const limits = { fileSize: maxBytes, files: 1, fields: 20, fieldSize: 10_000, parts: 20 };
    return busboy({ headers: request.headers, limits });
  } catch (cause) {
    throw new AppError('INVALID_ARGUMENT', 'Send the file as multipart/form-data.', {
      cause,
      details: { argument: 'file' },
    });
  }
}

async function* requireWhole(
  stream: Readable & { truncated?: boolean },
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw interrupted(error);
  }
  if (!stream.truncated) return;
  throw new AppError(
    'FILE_TOO_LARGE',
    `The file is larger than the ${maxBytes} bytes that this service takes.`,
    {
      details: { maxBytes },
    },
  );
}

function interrupted(cause: unknown): AppError {
  return new AppError('UPLOAD_INTERRUPTED', 'The connection ended before the whole file had arrived.', {
    cause,
  });
}

function noFile(field: string): AppError {
  return new AppError('INVALID_ARGUMENT', `The request has no file in the field "${field}".`, {
    details: { argument: field },
  });
}
