import { InvalidArgumentError } from 'commander';
import { SCOPES, type Scope } from '../access/caller.ts';
import { isErrorCode, type ErrorCode } from '../error-codes.ts';
import { MODEL_NAME, MODEL_NAME_RULE } from '../jobs/model-name.ts';
import { SAMPLING_MODES } from '../jobs/sampling-modes.ts';
import type { SamplingMode } from './generated/graphql.ts';

const SAMPLING_NAMES = { uniform: 'UNIFORM', adaptive: 'ADAPTIVE', all: 'ALL' } as const;
const OWNER = /^[A-Za-z0-9._@-]{1,100}$/;
const MAX_NAME_LENGTH = 100;

/** A number; its limits are the service's to check. Each parser throws commander's InvalidArgumentError. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It must be a number.');
}

/** A number of frames a second, or `all` for every frame. */
export function parseRate(text: string): number | 'all' {
  return text === 'all' ? text : parseNumber(text);
}

/** A way to choose frames, as GraphQL calls it. */
export function parseSampling(text: string): SamplingMode {
  const mode = SAMPLING_MODES.find((known) => known === text);
  if (mode === undefined) throw new InvalidArgumentError(`It must be one of ${SAMPLING_MODES.join(', ')}.`);
  return SAMPLING_NAMES[mode];
}

/** A whole number, for instance of milliseconds. */
export function parseInteger(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number.');
}

/** A whole number from 1 on. */
export function parseCount(text: string): number {
  const value = parseInteger(text);
  if (value >= 1) return value;
  throw new InvalidArgumentError('It must be 1 or more.');
}

/** Gathers an option that may be given again and again. */
export function gather(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

/** The owner of keys and jobs. */
export function parseOwner(text: string): string {
  if (OWNER.test(text)) return text;
  throw new InvalidArgumentError('It must have 1 to 100 of these characters: A-Z a-z 0-9 . _ @ -');
}

/** What an operator calls a key. */
export function parseKeyName(text: string): string {
  if (text.length >= 1 && text.length <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(text)) return text;
  throw new InvalidArgumentError(
    `It must be 1 to ${MAX_NAME_LENGTH} characters long, without control characters.`,
  );
}

/** The name of a detection model. */
export function parseModelName(text: string): string {
  if (MODEL_NAME.test(text)) return text;
  throw new InvalidArgumentError(`It ${MODEL_NAME_RULE}.`);
}

/** Scopes, separated by commas. */
export function parseScopes(text: string): Scope[] {
  const given = text.split(',').map((part) => part.trim());
  if (given.some((part) => !SCOPES.some((scope) => scope === part))) {
    throw new InvalidArgumentError(`It must be some of ${SCOPES.join(', ')}, separated by commas.`);
  }
  return SCOPES.filter((scope) => given.includes(scope));
}

/** A code of the product's table of errors. */
export function parseErrorCode(text: string): ErrorCode {
  if (isErrorCode(text)) return text;
  throw new InvalidArgumentError('It must be one of the codes in docs/errors.md, such as DECODER_STALLED.');
}
