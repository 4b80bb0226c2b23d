import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { describeFailure } from '../describe-failure.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { DOCUMENT_LIMITS } from './limit-documents.ts';
import { translateUploadError } from './receive-upload.ts';

/** What GraphQL and Apollo say of a request that never reached a resolver; their messages name only the schema. */
export const APOLLO_CODES: ReadonlySet<string> = new Set([
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
    const original = translateUploadError(originOf(error));
    const ours = original instanceof AppError ? original : refusalBeforeExecution(formatted);
    if (!ours && typeof code === 'string' && APOLLO_CODES.has(code)) {
      return { ...place, message: formatted.message, extensions: { code } };
    }
    const { message, extensions } = describeFailure(ours ?? original, logger, 'a GraphQL operation');
    return { ...place, message, extensions };
  };
}

/** What GraphQL.js itself refuses and our table of errors has a code for; null for anything else. */
function refusalBeforeExecution({ extensions, message }: GraphQLFormattedError): AppError | null {
  const code = extensions?.['code'];
  // A value of the wrong type is an argument out of its limits, whoever noticed.
  if (code === 'BAD_USER_INPUT') return new AppError('INVALID_ARGUMENT', message);
  if (code === 'GRAPHQL_PARSE_FAILED' && /more tha[nt] \d+ tokens/.test(message)) {
    const limit = DOCUMENT_LIMITS.maxTokens;
    return new AppError('QUERY_TOO_COMPLEX', `The document has more than ${limit} tokens. Split it.`);
  }
  return null;
}

/** The error behind GraphQL's and Apollo's wrappers. */
function originOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? originOf(error.originalError) : error;
}
