/**
 * The `code` of an error of pg: a SQLSTATE (PostgreSQL documentation, appendix A), or a system error's name. Empty when
 * it has none.
 */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
