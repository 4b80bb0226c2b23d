import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { translateDatabaseError } from '../database/unavailable.ts';
import { AppError, toAppError } from '../errors.ts';
import type { Logger } from '../logger.ts';

/** What a plain HTTP route answers when it fails. */
export interface ErrorBody {
  code: string;
  /** What went wrong, and what to do next. */
  detail: string;
  retryable: boolean;
}

/** Status and body of the answer to a failed request; what nobody foresaw is logged under a correlation id. */
export function describeFailure(
  error: unknown,
  logger: Logger,
): { status: number; extensions: Record<string, unknown>; message: string } {
  const appError = toAppError(isClientError(error) ? unreadable() : translateDatabaseError(error));
  const { code, message, httpStatus: status } = appError;
  if (code !== 'INTERNAL_SERVER_ERROR') {
    return { status, message, extensions: { code, retryable: appError.retryable, ...appError.details } };
  }
  const correlationId = randomUUID();
  logger.error({ err: appError.cause ?? appError, correlationId }, 'unexpected error in an HTTP request');
  return { status, message, extensions: { code, correlationId } };
}

/** The last handler: answers in the form of GraphQL on its address, and in plain JSON elsewhere. */
export function answerErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const { status, message, extensions } = describeFailure(error, logger);
    response.status(status);
    if (request.path.startsWith('/graphql')) response.json({ errors: [{ message, extensions }] });
    else response.json({ detail: message, ...extensions });
  };
}

/** Answers whatever no route has answered. */
export const answerNotFound: RequestHandler = () => {
  throw new AppError('NOT_FOUND', 'There is nothing under this address. GraphQL is at /graphql.');
};

/** Express's parsers and the upload library mark what the client got wrong with a 4xx status. */
function isClientError(error: unknown): boolean {
  if (error instanceof AppError) return false;
  if (!(error instanceof Error) || !('status' in error)) return false;
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500;
}

function unreadable(): AppError {
  return new AppError(
    'INVALID_ARGUMENT',
    'The request cannot be read. Send JSON, or a GraphQL multipart request, within the limits of size.',
  );
}
