import { isErrorCode } from '../error-codes.ts';
import { AppError, type ErrorDetails } from '../errors.ts';

/** What the exit code of a client command says; docs/command-line.md and `foregsyte --help` publish them. */
export const EXIT_CODES = {
  fine: 0,
  unexpected: 1,
  wrongUsage: 2,
  refused: 3,
  jobNotCompleted: 4,
  unreachable: 5,
  interrupted: 130,
} as const;

/** See EXIT_CODES. */
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** A failure for the person at the terminal, with the exit code of its kind. */
export class CommandFailure extends AppError {
  readonly exitCode: ExitCode;
  /** The code to show: a newer service may have codes that this version does not know. Null for none. */
  readonly shownCode: string | null;

  constructor(
    exitCode: ExitCode,
    shownCode: string | null,
    message: string,
    options: { cause?: unknown; details?: ErrorDetails } = {},
  ) {
    const isKnown = shownCode !== null && isErrorCode(shownCode);
    super(isKnown ? shownCode : 'INTERNAL_SERVER_ERROR', message, options);
    this.exitCode = exitCode;
    this.shownCode = shownCode;
  }
}

/** The exit code of any failure. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommandFailure) return error.exitCode;
  if (!(error instanceof AppError)) return EXIT_CODES.unexpected;
  // Those of the commands that work on the database, without the service.
  if (error.code === 'DATABASE_UNAVAILABLE') return EXIT_CODES.unreachable;
  if (error.code === 'INVALID_CONFIGURATION') return EXIT_CODES.wrongUsage;
  return error.code === 'INVALID_ARGUMENT' ? EXIT_CODES.refused : EXIT_CODES.unexpected;
}
