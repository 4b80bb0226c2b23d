import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { AppError } from '../errors.ts';

/**
 * SQLSTATE codes (PostgreSQL documentation, appendix A) and system errors that mean that the database cannot be used at
 * the moment, whatever was asked of it: connection failures, shutdown, too many connections, no such database, a session
 * that was ended because it idled in a transaction.
 */
const UNAVAILABLE =
  /^(08...|25P0[34]|57P0[1-5]|53300|3D000|55000|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE)$/;
/** What pg says, without a code, of a connection that ended under it. */
const TERMINATED =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** What TypeORM says of the next step of a transaction whose connection was lost between two steps. */
const LOST_BETWEEN_STEPS = [QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError];

/** Makes a failure to reach Postgres an AppError DATABASE_UNAVAILABLE; any other error is returned as it is. */
export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const isLost = TERMINATED.test(error.message) || LOST_BETWEEN_STEPS.some((kind) => error instanceof kind);
  if (!UNAVAILABLE.test(code) && !isLost) return error;
  return new AppError('DATABASE_UNAVAILABLE', 'The service cannot reach its database. Try again later.', {
    cause: error,
  });
}
