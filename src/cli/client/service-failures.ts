import type { ErrorDetails } from '../../errors.ts';
import { CommandFailure, EXIT_CODES } from '../command-failure.ts';

/** What the service refused, with its own code and message. `extensions`: those of a GraphQL error, or a plain answer. */
export function refusalOf(message: string, extensions: Readonly<Record<string, unknown>>): CommandFailure {
  const { code, retryAfterMs, correlationId } = extensions;
  const details: ErrorDetails = typeof retryAfterMs === 'number' ? { retryAfterMs } : {};
  const hint = typeof correlationId === 'string' ? ` Correlation id: ${correlationId}.` : '';
  const shownCode = typeof code === 'string' ? code : 'UNKNOWN';
  return new CommandFailure(EXIT_CODES.refused, shownCode, `${message}${hint}`, { details });
}

/** The service did not answer, or its answer ended too early. */
export function unreachable(url: string, error: unknown): CommandFailure {
  // fetch says no more than "fetch failed"; what failed is its cause.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new CommandFailure(
    EXIT_CODES.unreachable,
    null,
    `The service at ${url} cannot be reached, or the connection was lost. Check that it runs, and --url or FOREGSYTE_URL.`,
    { cause },
  );
}

/** Whether the service did not answer, for whatever reason: the same again may succeed soon. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof CommandFailure && error.exitCode === EXIT_CODES.unreachable;
}
