import type { ErrorRequestHandler, RequestHandler } from 'express';
import { describeFailure, type FailureDescription } from '../describe-failure.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { notesOf } from './request-notes.ts';

/** Describes an error of an HTTP request; what parsers mark as the client's fault is INVALID_ARGUMENT. */
export function describeHttpFailure(error: unknown, logger: Logger): FailureDescription {
  return describeFailure(isClientError(error) ? unreadable() : error, logger, 'an HTTP request');
}

/** The last handler: answers in the form of GraphQL on its address, and in plain JSON elsewhere. */
export function answerErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const { status, message, extensions } = describeHttpFailure(error, logger);
    notesOf(request).code = extensions.code;
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
