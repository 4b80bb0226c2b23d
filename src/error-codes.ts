import type { ErrorCodeFacts } from './error-code-facts.ts';
import { JOB_ERROR_CODES } from './job-error-codes.ts';
import { REQUEST_ERROR_CODES } from './request-error-codes.ts';

/** The one table of codes of the product: docs/errors.md and the schema publish it. Codes are never renamed. */
export const ERROR_CODES = {
  ...JOB_ERROR_CODES,
  ...REQUEST_ERROR_CODES,
} as const satisfies Record<string, ErrorCodeFacts>;

/** A stable, published code: clients switch on it, never on the message. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Whether this version publishes a code of that name. */
export function isErrorCode(name: string): name is ErrorCode {
  return Object.hasOwn(ERROR_CODES, name);
}

/** All codes, in the order of the table. */
export const ERROR_CODE_NAMES: readonly ErrorCode[] = Object.keys(ERROR_CODES).filter(isErrorCode);
