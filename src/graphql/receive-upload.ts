import type { FileUpload } from 'graphql-upload-ts';
import { AppError } from '../errors.ts';

/** A file part of a multipart request. */
export interface ReceivedUpload {
  filename: string;
  /** Ends with AppError FILE_TOO_LARGE or UPLOAD_INTERRUPTED when the file does not arrive whole. */
  bytes: AsyncIterable<Uint8Array>;
}

/**
 * Waits for the request's file part and makes its errors ours.
 * @throws AppError INVALID_ARGUMENT when the request has no file.
 */
export async function receiveUpload(file: Promise<FileUpload>): Promise<ReceivedUpload> {
  try {
    const upload = await file;
    return { filename: upload.filename, bytes: withOurErrors(upload.createReadStream()) };
  } catch (error) {
    throw translate(error);
  }
}

async function* withOurErrors(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    throw translate(error);
  }
}

/** The upload library reports by HTTP status. */
function translate(error: unknown): unknown {
  if (!(error instanceof Error) || !('status' in error)) return error;
  if (error.status === 413) {
    return new AppError(
      'FILE_TOO_LARGE',
      'The file is larger than this service takes. Send a shorter or smaller video.',
      {
        cause: error,
      },
    );
  }
  if (error.status === 499) {
    return new AppError(
      'UPLOAD_INTERRUPTED',
      'The connection ended before the whole file had arrived. Submit it again.',
      {
        cause: error,
      },
    );
  }
  return new AppError(
    'INVALID_ARGUMENT',
    'The request holds no file. Send it as a GraphQL multipart request.',
    {
      cause: error,
      details: { argument: 'file' },
    },
  );
}
