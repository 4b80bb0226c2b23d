/** What every code of the product means: the HTTP status it maps to, and whether another attempt may mend it. */
const ERROR_CODES = {
  /** The upload or the stored file is not an MP4 that can be decoded. */
  INVALID_VIDEO: { httpStatus: 400, retryable: false },
  /** The file is an MP4, but holds nothing to analyse (no video track) or a codec that ffmpeg does not know. */
  UNSUPPORTED_MEDIA: { httpStatus: 415, retryable: false },
  /** The upload is larger than MAX_UPLOAD_BYTES. */
  FILE_TOO_LARGE: { httpStatus: 413, retryable: false },
  /** The video is longer, larger or asks for more samples than the operator allows. */
  VIDEO_TOO_LARGE: { httpStatus: 422, retryable: false },
  /** The client hung up before the whole file had arrived. */
  UPLOAD_INTERRUPTED: { httpStatus: 400, retryable: false },
  /** An argument is out of its limits; `details.argument` says which. */
  INVALID_ARGUMENT: { httpStatus: 400, retryable: false },
  /** No pipeline has this id. */
  UNKNOWN_PIPELINE: { httpStatus: 400, retryable: false },
  /** No job has this id. */
  JOB_NOT_FOUND: { httpStatus: 404, retryable: false },
  /** Results were asked for before the job was completed; `details.status` says where it is. */
  JOB_NOT_COMPLETED: { httpStatus: 409, retryable: false },
  /** The job is not in the state that the change expects, for instance because another worker moved it. */
  JOB_STATE_CONFLICT: { httpStatus: 409, retryable: false },
  /** The job ran longer than its wall-time limit. */
  JOB_TIMED_OUT: { httpStatus: 422, retryable: false },
  /** The worker was told to stop while it ran the job. */
  WORKER_STOPPED: { httpStatus: 503, retryable: true },
  /** The worker that ran the job died, as often as attempts are allowed. */
  WORKER_CRASHED: { httpStatus: 500, retryable: false },
  /** A detection model is missing, incomplete or not the one that was expected. */
  MODEL_UNAVAILABLE: { httpStatus: 500, retryable: false },
  /** A program or library that the worker needs cannot be started. */
  TOOL_UNAVAILABLE: { httpStatus: 500, retryable: false },
  /** A stored file is missing or could not be written. */
  STORAGE_FAILED: { httpStatus: 500, retryable: true },
  /** Postgres cannot be reached, or its tables are not there yet. */
  DATABASE_UNAVAILABLE: { httpStatus: 503, retryable: true },
  /** An environment variable has a value that the product cannot use. */
  INVALID_CONFIGURATION: { httpStatus: 500, retryable: false },
  /** Everything else: the cause is in the log under the correlation id. */
  INTERNAL_SERVER_ERROR: { httpStatus: 500, retryable: false },
} as const;

/** A stable, published code: clients switch on it, never on the message. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Small facts about an error that are safe to show to a client. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/**
 * The only error whose message a client may see: a full sentence that says what to do next.
 * Whatever else is thrown becomes INTERNAL_SERVER_ERROR at the edge.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  /** Whether another attempt at the same job may succeed. */
  readonly retryable: boolean;
  readonly httpStatus: number;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = ERROR_CODES[code].retryable;
    this.httpStatus = ERROR_CODES[code].httpStatus;
    this.details = options.details ?? {};
  }
}

/** The AppError that `error` is, or an INTERNAL_SERVER_ERROR with a text that gives nothing away. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('INTERNAL_SERVER_ERROR', 'Something went wrong inside the service. Try again later.', {
    cause: error,
  });
}
