/** SQLSTATE lock_not_available: PostgreSQL documentation, appendix A. */
const LOCK_NOT_AVAILABLE = '55P03';

/** Whether a statement that would not wait for a lock (NOWAIT) failed because somebody else has it. */
export function isLockedByOther(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE;
}
