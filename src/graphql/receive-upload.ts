import type { FileUpload } from 'graphql-upload-ts';
import { AppError } from '../errors.ts';
import { errnoOf, storageError } from '../storage/file-errors.ts';
import { assertVideoMediaType } from '../uploads/video-media-type.ts';

/** A file part of a multipart request. */
export interface ReceivedUpload {
  filename: string;
  /** Ends with AppError FILE_TOO_LARGE or UPLOAD_INTERRUPTED when the file does not arrive whole. */
  bytes: AsyncIterable<Uint8Array>;
}

/**
 * The file part, with its errors made ours; STORAGE_FULL when there is no room for the temporary file that the library
 * keeps it in. @throws AppError UNSUPPORTED_MEDIA when it says it is no video.
 */
export function receiveUpload(upload: FileUpload): ReceivedUpload {
  endWithTemporaryFile(upload.capacitor);
  assertVideoMediaType(upload.mimetype);
  return { filename: upload.filename, bytes: readWithOurErrors(upload) };
}

/**
 * When the library cannot write its temporary file, it stops, and leaves whoever reads it waiting for ever: destroyed
 * with its error, it hands that on to its readers and removes the file.
 */
function endWithTemporaryFile(temporary: FileUpload['capacitor']): void {
  if (temporary.errored) temporary.destroy(temporary.errored);
  else temporary.once('error', (error) => temporary.destroy(error));
}

/** The stream is opened when it is read: an error of one that nobody listens to would end the process. */
async function* readWithOurErrors(upload: FileUpload): AsyncGenerator<Uint8Array> {
  try {
    if (upload.capacitor.errored) throw upload.capacitor.errored;
    yield* upload.createReadStream();
  } catch (error) {
    // What the file system said of the temporary file.
    if (errnoOf(error) !== undefined) throw storageError('receive a file', error);
    throw translateUploadError(error);
  }
}

/** Makes an error of the upload library, which reports by HTTP status, ours; any other is returned as it is. */
export function translateUploadError(error: unknown): unknown {
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
