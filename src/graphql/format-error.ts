import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ERROR_CODES, type ErrorCode } from '../error-codes.ts';
import { translateDatabaseError } from '../database/unavailable.ts';
import { AppError, toAppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { DOCUMENT_LIMITS } from './limit-documents.ts';
import { translateUploadError } from './receive-upload.ts';

/** What GraphQL and Apollo say of a request that never reached a resolver; their messages name only the schema. */
const REQUEST_ERROR_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/**
 * Makes Apollo's error formatter: an AppError keeps code and message, what clients got wrong keeps its message, and
 * everything else is INTERNAL_SERVER_ERROR with a correlation id under which the log has the truth.
 */
export function createErrorFormatter(logger: Logger) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const place = {
      ...(formatted.path ? { path: formatted.path } : {}),
      ...(formatted.locations ? { locations: formatted.locations } : {}),
    };
    const code = formatted.extensions?.['code'];
    // A request without its file fails while the arguments are read, before any resolver could translate it.
    const original = translateDatabaseError(translateUploadError(originOf(error)));

    if (!(original instanceof AppError)) {
      // A value of the wrong type is an argument out of its limits, whoever noticed.
      if (code === 'BAD_USER_INPUT') return refuse(place, 'INVALID_ARGUMENT', formatted.message);
      if (code === 'GRAPHQL_PARSE_FAILED' && /more tha[nt] \d+ tokens/.test(formatted.message)) {
        return refuse(
          place,
          'QUERY_TOO_COMPLEX',
          `The document has more than ${DOCUMENT_LIMITS.maxTokens} tokens. Split it.`,
        );
      }
      if (typeof code === 'string' && REQUEST_ERROR_CODES.has(code)) {
        return { ...place, message: formatted.message, extensions: { code } };
      }
    }

    const appError = toAppError(original);
    const { code: ourCode, message, retryable, details } = appError;
    if (ourCode !== 'INTERNAL_SERVER_ERROR') {
      return { ...place, message, extensions: { code: ourCode, retryable, ...details } };
    }
    const correlationId = randomUUID();
    logger.error(
      { err: appError.cause ?? appError, correlationId },
      'unexpected error in a GraphQL operation',
    );
    return { ...place, message, extensions: { code: ourCode, correlationId } };
  };
}

function refuse(
  place: Pick<GraphQLFormattedError, 'path' | 'locations'>,
  code: ErrorCode,
  message: string,
): GraphQLFormattedError {
  return { ...place, message, extensions: { code, retryable: ERROR_CODES[code].retryable } };
}

/** The error behind GraphQL's and Apollo's wrappers. */
function originOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? originOf(error.originalError) : error;
}
