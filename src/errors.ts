import { ERROR_CODES, type ErrorCode } from './error-codes.ts';

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
