import { AppError } from '../errors.ts';

/**
 * SQLSTATE codes (PostgreSQL documentation, appendix A) and system errors that mean that the database cannot be used at
 * the moment, whatever was asked of it: connection failures, shutdown, too many connections, no such database, and a
 * transaction that the server ended because this process had done nothing in it for long.
 */
const UNAVAILABLE =
  /^(08...|57P0[1-5]|25P03|53300|3D000|55000|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE)$/;
/** What pg says, without a code, of a connection that ended under it. */
const TERMINATED =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Makes a failure to reach Postgres an AppError DATABASE_UNAVAILABLE; any other error is returned as it is. */
export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (!UNAVAILABLE.test(code) && !TERMINATED.test(error.message)) return error;
  return new AppError('DATABASE_UNAVAILABLE', 'The service cannot reach its database. Try again later.', {
    cause: error,
  });
}
