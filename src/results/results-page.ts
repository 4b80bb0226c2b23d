import { AppError } from '../errors.ts';
import type { ResultsSection } from './results-index.ts';

/** Most items a page can be asked for. */
export const MAX_PAGE_ITEMS = 1000;

/** How many items a page has when the client does not say. */
export const DEFAULT_PAGE_ITEMS = 100;

/** Which items of a section to read. */
export interface PageRequest {
  /** How many items at most: 1 to MAX_PAGE_ITEMS; DEFAULT_PAGE_ITEMS when left out. */
  first?: number;
  /** `endCursor` of the page before; null, or left out, for the first page. */
  after?: string | null;
}

/** One page of a section. */
export interface ResultsPage<T> {
  /** Items of the whole section, whatever the filter. */
  totalCount: number;
  /** Fewer than asked for, even none, when the bounds of one page were met first. */
  nodes: T[];
  /** Where the next page begins; null when nothing was read. */
  endCursor: string | null;
  /** False only when nothing of the section, or of the filter's time range, is left to read. */
  hasNextPage: boolean;
}

/** @throws AppError INVALID_ARGUMENT, argument `first`. */
export function resolvePageSize(first: number | undefined): number {
  const size = first ?? DEFAULT_PAGE_ITEMS;
  if (Number.isInteger(size) && size >= 1 && size <= MAX_PAGE_ITEMS) return size;
  throw new AppError('INVALID_ARGUMENT', `first must be a whole number from 1 to ${MAX_PAGE_ITEMS}.`, {
    details: { argument: 'first', min: 1, max: MAX_PAGE_ITEMS },
  });
}

/** The cursor of the place before item `position` of a section. */
export function encodeCursor(section: ResultsSection, position: number): string {
  return Buffer.from(`${section}:${position}`).toString('base64url');
}

/**
 * The position in a section of `count` items that a cursor stands for; 0 without a cursor.
 * @throws AppError INVALID_ARGUMENT, argument `after`, for whatever `encodeCursor` did not make for this section.
 */
export function decodeCursor(
  section: ResultsSection,
  count: number,
  cursor: string | null | undefined,
): number {
  if (cursor === null || cursor === undefined) return 0;
  const position = Number(
    Buffer.from(cursor, 'base64url')
      .toString()
      .slice(section.length + 1),
  );
  const isInside = Number.isInteger(position) && position >= 0 && position <= count;
  // Encoding it again refuses other sections, and what Buffer and Number are lenient about: padding, spaces, exponents.
  if (isInside && encodeCursor(section, position) === cursor) return position;
  throw new AppError(
    'INVALID_ARGUMENT',
    'after is not a cursor of this list. Pass the endCursor of the page before, or leave it out.',
    { details: { argument: 'after' } },
  );
}
