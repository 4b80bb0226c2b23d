/** What one published code means, for clients and for the service itself. */
export interface ErrorCodeFacts {
  /** Status of a plain HTTP route's answer, and of a GraphQL request that is refused before it is executed. */
  httpStatus: number;
  /** Whether the same again, later, may succeed: another request, or another attempt at a job. */
  retryable: boolean;
  /** Where it is met: in the answer to a request, as the `errorCode` of a job, or in the operator's log alone. */
  seenIn: readonly ('request' | 'job' | 'log')[];
  /** When it is met. */
  when: string;
  /** What to do next. */
  remedy: string;
}

const REQUEST = ['request'] as const;
const JOB = ['job'] as const;
const LOG = ['log'] as const;

/** The one table of codes of the product: docs/errors.md and the schema publish it. Codes are never renamed. */
export const ERROR_CODES = {
  INVALID_VIDEO: {
    httpStatus: 400,
    retryable: false,
    seenIn: ['request', 'job'],
    when: 'The file is not an MP4, or it is damaged so that it cannot be decoded.',
    remedy: 'Convert or export the video to MP4 again and submit that.',
  },
  UNSUPPORTED_MEDIA: {
    httpStatus: 415,
    retryable: false,
    seenIn: ['request', 'job'],
    when: 'The MP4 has no video track or a codec that cannot be decoded, or an upload says that it is no video.',
    remedy: 'Convert the video to H.264 in MP4 and submit that.',
  },
  FILE_TOO_LARGE: {
    httpStatus: 413,
    retryable: false,
    seenIn: REQUEST,
    when: 'The file is larger than `service.limits.maxUploadBytes`.',
    remedy: 'Submit a shorter or smaller video.',
  },
  VIDEO_TOO_LONG: {
    httpStatus: 422,
    retryable: false,
    seenIn: JOB,
    when: 'The video is longer than `service.limits.maxDurationMs`, or its index lists absurdly many frames.',
    remedy: 'Split the video and submit the parts.',
  },
  FRAME_TOO_LARGE: {
    httpStatus: 422,
    retryable: false,
    seenIn: JOB,
    when: 'The frames have more pixels than `service.limits.maxFramePixels`.',
    remedy: 'Scale the video down and submit it again.',
  },
  TOO_MANY_FRAMES: {
    httpStatus: 422,
    retryable: false,
    seenIn: JOB,
    when: 'The job asks for more sampled frames than `service.limits.maxSampledFrames`.',
    remedy: 'Choose fewer samples a second or a time range.',
  },
  UPLOAD_INTERRUPTED: {
    httpStatus: 400,
    retryable: true,
    seenIn: REQUEST,
    when: 'The connection ended before the whole file had arrived.',
    remedy: 'Send it again; for large files use the resumable upload.',
  },
  UPLOAD_NOT_FOUND: {
    httpStatus: 404,
    retryable: false,
    seenIn: REQUEST,
    when: 'The upload does not exist, is not complete, has expired or was consumed by another job.',
    remedy: 'Upload the file again and submit the new id.',
  },
  INVALID_ARGUMENT: {
    httpStatus: 400,
    retryable: false,
    seenIn: ['request', 'job'],
    when: 'An argument is missing, malformed or out of its limits; `extensions.argument` is its path.',
    remedy: 'Correct the argument: the message and the extensions give its limits.',
  },
  UNKNOWN_PIPELINE: {
    httpStatus: 400,
    retryable: false,
    seenIn: REQUEST,
    when: 'No pipeline has this id.',
    remedy: 'Use one of those that the query `pipelines` lists.',
  },
  JOB_NOT_FOUND: {
    httpStatus: 404,
    retryable: false,
    seenIn: REQUEST,
    when: 'No job with this id belongs to the caller.',
    remedy: 'Check the id and the API key.',
  },
  JOB_NOT_COMPLETED: {
    httpStatus: 404,
    retryable: true,
    seenIn: REQUEST,
    when: 'Results were asked for before the job was completed; `extensions.status` says where it is.',
    remedy: 'Poll `status` until the job is COMPLETED.',
  },
  JOB_NOT_CANCELABLE: {
    httpStatus: 409,
    retryable: false,
    seenIn: REQUEST,
    when: 'The job is already settled; `extensions.status` says how.',
    remedy: 'Nothing is left to cancel.',
  },
  JOB_NOT_RETRYABLE: {
    httpStatus: 409,
    retryable: false,
    seenIn: REQUEST,
    when: 'Only failed and canceled jobs can be tried again; `extensions.status` says where the job is.',
    remedy: 'Wait until the job is settled, or submit the video anew.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    httpStatus: 409,
    retryable: false,
    seenIn: REQUEST,
    when: 'The idempotency key was used within 7 days for another file or other options.',
    remedy: 'Use a new key for each new submission.',
  },
  QUOTA_EXCEEDED: {
    httpStatus: 429,
    retryable: true,
    seenIn: REQUEST,
    when: 'The owner has as many jobs waiting, bytes stored or uploads running as allowed; `extensions.quota` says which.',
    remedy: 'Wait for jobs to finish, or delete some.',
  },
  RATE_LIMITED: {
    httpStatus: 429,
    retryable: true,
    seenIn: REQUEST,
    when: 'The owner has sent more requests within a minute than allowed.',
    remedy: 'Wait for `extensions.retryAfterMs` milliseconds, and poll no sooner than `pollAfterMs`.',
  },
  UNAUTHENTICATED: {
    httpStatus: 401,
    retryable: false,
    seenIn: REQUEST,
    when: 'The request carries no API key, or one that is wrong or revoked.',
    remedy: 'Send `Authorization: Bearer <key>` with a key from `foregsyte keys create`.',
  },
  FORBIDDEN: {
    httpStatus: 403,
    retryable: false,
    seenIn: REQUEST,
    when: 'The API key lacks a scope, or a browser sent the request from a page of another origin.',
    remedy: 'Use a key with that scope, or allow the origin in CORS_ORIGINS.',
  },
  QUERY_TOO_COMPLEX: {
    httpStatus: 400,
    retryable: false,
    seenIn: REQUEST,
    when: 'The document is too deep, too long, has too many aliases or directives, or asks for too much at once.',
    remedy: 'Ask for less: smaller pages, fewer fields, several requests.',
  },
  NOT_FOUND: {
    httpStatus: 404,
    retryable: false,
    seenIn: REQUEST,
    when: 'The service has nothing under this address.',
    remedy: 'See docs/clients.md for the addresses there are.',
  },
  DATABASE_UNAVAILABLE: {
    httpStatus: 503,
    retryable: true,
    seenIn: ['request', 'log'],
    when: 'Postgres cannot be reached, or its tables are not there yet.',
    remedy: 'Try again later; the operator looks at DATABASE_URL and the server.',
  },
  INTERNAL_SERVER_ERROR: {
    httpStatus: 500,
    retryable: false,
    seenIn: ['request', 'job'],
    when: 'Everything that nobody foresaw. The log has the cause under `extensions.correlationId`.',
    remedy: 'Tell the operator the correlation id.',
  },
  STORAGE_FAILED: {
    httpStatus: 500,
    retryable: true,
    seenIn: ['request', 'job'],
    when: 'A stored file is missing or could not be written.',
    remedy: 'Try again later; the operator looks at the disk.',
  },
  STORAGE_FULL: {
    httpStatus: 507,
    retryable: true,
    seenIn: ['request', 'job'],
    when: 'The disk is full, or has less room left than the operator keeps in reserve. A job waits until there is room.',
    remedy: 'Try again later; the operator makes room.',
  },
  JOB_TIMED_OUT: {
    httpStatus: 422,
    retryable: false,
    seenIn: JOB,
    when: 'The analysis took longer than the operator allows for a video of this length.',
    remedy: 'Choose fewer samples a second or a time range, or split the video.',
  },
  DECODER_STALLED: {
    httpStatus: 500,
    retryable: true,
    seenIn: JOB,
    when: 'The decoder made no progress for as long as the operator allows, and was ended.',
    remedy: 'Another attempt is made; if the last one fails too, export the video again and submit that.',
  },
  DECODER_CRASHED: {
    httpStatus: 500,
    retryable: true,
    seenIn: JOB,
    when: 'The decoder crashed, or was ended by its limits of memory or computing time.',
    remedy: 'Another attempt is made; if the last one fails too, export the video again and submit that.',
  },
  INFERENCE_STALLED: {
    httpStatus: 500,
    retryable: true,
    seenIn: JOB,
    when: 'Object detection or text recognition crashed or did not answer for as long as the operator allows, and was restarted.',
    remedy: 'Another attempt is made; if the last one fails too, tell the operator.',
  },
  WORKER_STOPPED: {
    httpStatus: 503,
    retryable: true,
    seenIn: JOB,
    when: 'The worker was told to stop while it ran the job: the job waits for the next attempt.',
    remedy: 'Nothing: go on polling.',
  },
  WORKER_CRASHED: {
    httpStatus: 500,
    retryable: false,
    seenIn: JOB,
    when: 'The worker that ran the job died, twice in a row without getting any further.',
    remedy: 'Tell the operator; `retryJob` tries again.',
  },
  MODEL_UNAVAILABLE: {
    httpStatus: 500,
    retryable: false,
    seenIn: ['job', 'log'],
    when: 'A detection model is missing, incomplete or not the one that was expected.',
    remedy: 'The operator runs `npm run models:fetch`; then `retryJob`.',
  },
  TOOL_UNAVAILABLE: {
    httpStatus: 500,
    retryable: false,
    seenIn: ['job', 'log'],
    when: 'A program or library that the worker needs cannot be started.',
    remedy: 'The operator reads the message in the log; then `retryJob`.',
  },
  JOB_STATE_CONFLICT: {
    httpStatus: 409,
    retryable: false,
    seenIn: LOG,
    when: 'A worker wanted to change a job that was canceled, deleted or taken over by another worker.',
    remedy: 'Nothing: the worker gives the job up.',
  },
  INVALID_CONFIGURATION: {
    httpStatus: 500,
    retryable: false,
    seenIn: LOG,
    when: 'An environment variable has a value that the product cannot use.',
    remedy: 'Correct the variable that the message names; see .env.example.',
  },
} as const satisfies Record<string, ErrorCodeFacts>;

/** A stable, published code: clients switch on it, never on the message. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Whether this version publishes a code of that name. */
export function isErrorCode(name: string): name is ErrorCode {
  return Object.hasOwn(ERROR_CODES, name);
}

/** All codes, in the order of the table. */
export const ERROR_CODE_NAMES: readonly ErrorCode[] = Object.keys(ERROR_CODES).filter(isErrorCode);
