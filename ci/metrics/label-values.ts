import { ERROR_CODE_NAMES } from '../../src/error-codes.ts';
import { APOLLO_CODES } from '../../src/graphql/format-error.ts';
import { ATTEMPT_OUTCOMES } from '../../src/metrics/work-observer.ts';
import type { Matcher } from './parse-query.ts';
import type { Scraped } from './parse-scrape.ts';

/**
 * Labels of which a scrape after one job shows every value that there is. Where a name is given, that series shows them for
 * all that have the label: a job need not have used every engine.
 */
const SHOWN_COMPLETELY = new Map<string, string | null>([
  ['role', null],
  ['state', null],
  ['source', null],
  ['stage', null],
  ['engine', 'foregsyte_inferences_total'],
]);

const ATTEMPT_CODES = ['OK', ...ERROR_CODE_NAMES];
/** Requests have a class of HTTP status where no code is named, and a word for clients that went away, too. */
const REQUEST_CODES = [...ATTEMPT_CODES, ...APOLLO_CODES, 'ABORTED', '4xx', '5xx'];

/** Every value that a label of a series can have; null when that is not known, as for the operations of requests. */
export function possibleValues(
  series: string,
  label: string,
  { labels }: Pick<Scraped, 'labels'>,
): ReadonlySet<string> | null {
  if (label === 'outcome') return new Set(ATTEMPT_OUTCOMES);
  if (label === 'code') return new Set(series === 'foregsyte_requests_total' ? REQUEST_CODES : ATTEMPT_CODES);
  const shownBy = SHOWN_COMPLETELY.get(label);
  if (shownBy === undefined) return null;
  return labels.get(shownBy ?? series)?.get(label) ?? null;
}

/** Alternatives without anything else that has a meaning in a pattern, with or without brackets around them. */
const ALTERNATIVES = /^\(?([^\\.+*?()[\]{}^$]+)\)?$/;

/** The values that a matcher names: one, or those between the strokes of a pattern; none where it is another pattern. */
export function namedValues({ operator, value }: Matcher): string[] {
  // An empty value stands for a label that is missing.
  const named =
    operator === '=' || operator === '!=' ? [value] : (ALTERNATIVES.exec(value)?.[1]?.split('|') ?? []);
  return named.filter((one) => one !== '');
}
