import { AppError } from '../errors.ts';
import { codeOf } from './error-code.ts';

/**
 * SQLSTATE codes (PostgreSQL documentation, appendix A) that mean that the server cannot be used at the moment, whatever
 * was asked of it: connection failures, shutdown and start, too many connections or too little memory or disk.
 */
const SERVER_AWAY = /^(08...|57P0[1-5]|53...)$/;
/** System errors of sockets and of the lookup of names. */
const NETWORK_AWAY =
  /^(ECONN(REFUSED|RESET|ABORTED)|E(HOST|NET)(UNREACH|DOWN)|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE)$/;
/** What pg and TypeORM say, without a code, of a connection that ended under them or did not come about. */
const CONNECTION_LOST =
  /^(Connection (terminated|ended)|timeout exceeded when trying to connect|timeout expired|Client (has encountered|was closed)|Query runner already released|Database connection provided by a query runner was already released)/;
/** Further ones that a request meets when the server is there: a database that was dropped, a statement that took too long. */
const UNANSWERED = /^(3D000|55000|57014|25P0[34])$/;
const TOOK_TOO_LONG = /^Query read timeout/;

/** Whether `error` says, in our terms, that Postgres could not be used. */
export function isUnavailable(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'DATABASE_UNAVAILABLE';
}

/** Whether `error` means that Postgres is away and may come back. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof AppError) return isUnavailable(error);
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  return (
    SERVER_AWAY.test(code) ||
    NETWORK_AWAY.test(code) ||
    CONNECTION_LOST.test(error.message) ||
    isLocalSocketMissing(error)
  );
}

/** A server that listens on a local socket makes the file for it when it starts. Other files that are missing are not meant. */
function isLocalSocketMissing(error: Error): boolean {
  return codeOf(error) === 'ENOENT' && 'syscall' in error && error.syscall === 'connect';
}

/** Makes a failure to reach Postgres, or to be answered, an AppError DATABASE_UNAVAILABLE; any other error is returned as it is. */
export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const unanswered = UNANSWERED.test(codeOf(error)) || TOOK_TOO_LONG.test(error.message);
  if (!unanswered && !isDatabaseAway(error)) return error;
  return new AppError('DATABASE_UNAVAILABLE', 'The service cannot reach its database. Try again later.', {
    cause: error,
  });
}
