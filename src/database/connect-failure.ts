import { AppError } from '../errors.ts';
import { codeOf } from './error-code.ts';
import { isDatabaseAway } from './unavailable.ts';

/** What the operator has to correct, by SQLSTATE (PostgreSQL documentation, appendix A): waiting would not mend it. */
const MISTAKES: Readonly<Record<string, string>> = {
  '28P01': 'Postgres refuses the password in DATABASE_URL. Correct it, then start again.',
  '28000':
    'Postgres does not let the user of DATABASE_URL in. Correct the user or pg_hba.conf, then start again.',
  '3D000':
    'There is no database of the name in DATABASE_URL. Create it or correct the name, then start again.',
  '42501': 'The user of DATABASE_URL may not connect to its database. Grant it CONNECT, then start again.',
};

/**
 * Why a connection could not be made: DATABASE_UNAVAILABLE when Postgres may be there later, INVALID_CONFIGURATION when
 * it is there and something has to be corrected.
 */
export function describeConnectFailure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const mistake = MISTAKES[codeOf(error)];
  if (mistake !== undefined) return new AppError('INVALID_CONFIGURATION', mistake, { cause: error });
  if (isDatabaseAway(error)) {
    return new AppError(
      'DATABASE_UNAVAILABLE',
      'Postgres cannot be reached. Check DATABASE_URL and that the server runs.',
      { cause: error },
    );
  }
  return new AppError(
    'INVALID_CONFIGURATION',
    'Postgres cannot be used as DATABASE_URL says. The cause is in the log: correct it, then start again.',
    { cause: error },
  );
}
