import { randomUUID } from 'node:crypto';
import { translateDatabaseError } from './database/unavailable.ts';
import type { ErrorCode } from './error-codes.ts';
import { toAppError } from './errors.ts';
import type { Logger } from './logger.ts';

/** What a client is told of a failure, whichever way it asked. */
export interface FailureDescription {
  /** HTTP status. */
  status: number;
  message: string;
  /** The code, with `retryable` and details, or for what nobody foresaw a correlation id and nothing else. */
  extensions: { code: ErrorCode; [detail: string]: unknown };
}

/** Describes `error` to a client; what nobody foresaw is logged as an unexpected error in `where`. */
export function describeFailure(
  error: unknown,
  logger: Logger,
  where: 'a GraphQL operation' | 'an HTTP request',
): FailureDescription {
  const {
    code,
    message,
    httpStatus: status,
    retryable,
    details,
    cause,
  } = toAppError(translateDatabaseError(error));
  if (code !== 'INTERNAL_SERVER_ERROR') {
    return { status, message, extensions: { code, retryable, ...details } };
  }
  const correlationId = randomUUID();
  logger.error({ err: cause ?? error, correlationId }, `unexpected error in ${where}`);
  return { status, message, extensions: { code, correlationId } };
}
