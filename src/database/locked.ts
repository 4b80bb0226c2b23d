import { codeOf } from './error-code.ts';

/** SQLSTATE lock_not_available: PostgreSQL documentation, appendix A. */
const LOCK_NOT_AVAILABLE = '55P03';

/** Whether a statement that would not wait for a lock (NOWAIT) failed because somebody else has it. */
export function isLockedByOther(error: unknown): boolean {
  return codeOf(error) === LOCK_NOT_AVAILABLE;
}
