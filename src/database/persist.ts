import pRetry from 'p-retry';
import { isUnavailable, translateDatabaseError } from './unavailable.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** How long a write is worth repeating. */
export interface Persistence {
  /** Milliseconds after which an unreachable database is a failure after all. */
  timeoutMs: number;
  /** Ends the waiting. */
  signal?: AbortSignal;
}

/**
 * Runs `write`, and runs it again while Postgres cannot be reached: a restart of the database must not cost the work
 * that is to be noted in it. A connection that is lost while it commits leaves open whether it did, so `write` must
 * bear being run twice.
 * @throws AppError DATABASE_UNAVAILABLE after `timeoutMs`; the signal's reason; any other error of `write` at once.
 */
export async function persist<T>(write: () => Promise<T>, { timeoutMs, signal }: Persistence): Promise<T> {
  return pRetry(
    async () => {
      try {
        return await write();
      } catch (error) {
        throw translateDatabaseError(error);
      }
    },
    {
      retries: Infinity,
      maxRetryTime: timeoutMs,
      minTimeout: FIRST_PAUSE_MS,
      maxTimeout: LONGEST_PAUSE_MS,
      randomize: true,
      ...(signal === undefined ? {} : { signal }),
      shouldRetry: ({ error }) => isUnavailable(error),
    },
  );
}
