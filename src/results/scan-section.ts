import type { Narrow } from './match-results.ts';
import { encodeCursor, type ResultsPage } from './results-page.ts';
import { CHUNK_ITEMS, type SectionReader } from './section-reader.ts';

/** One page looks at no more items than this, however few of them match. */
export const MAX_SCANNED_ITEMS = 5_000;
/** One page reads about this much of the document at most, so that pages of crowded frames stay in bounds too. */
export const MAX_SCANNED_BYTES = 16 * 1024 * 1024;
/** A filtered page begins with a chunk of this size at least. */
const FIRST_CHUNK_ITEMS = 32;

/** Which items of a section to look at, and how many matching ones to return. */
export interface ScanRequest<T> {
  /** Items `from` to `to` (exclusive). */
  from: number;
  to: number;
  /** Most nodes of the page. */
  first: number;
  /** Undefined when every item matches. */
  narrow: Narrow<T> | undefined;
}

/**
 * Reads one page: it ends with its last node, or with the last item it looked at when the bounds are met first, and
 * the next page begins behind that item. Chunks grow while little matches, so that a page whose every item matches
 * reads no more than itself.
 */
export async function scanSection<T>(
  reader: SectionReader<T>,
  request: ScanRequest<T>,
): Promise<ResultsPage<T>> {
  const { from, to, first, narrow = (item: T) => item } = request;
  const nodes: T[] = [];
  let position = from;
  let scannedBytes = 0;
  let chunkItems = request.narrow ? FIRST_CHUNK_ITEMS : 1;

  const limit = Math.min(to, from + MAX_SCANNED_ITEMS);
  while (position < limit && nodes.length < first && scannedBytes < MAX_SCANNED_BYTES) {
    chunkItems = Math.min(CHUNK_ITEMS, Math.max(chunkItems, first - nodes.length));
    const { items, bytes } = await reader.readChunk(position, Math.min(limit, position + chunkItems));
    scannedBytes += bytes;
    for (const item of items) {
      position += 1;
      const node = narrow(item);
      if (node !== undefined) nodes.push(node);
      if (nodes.length === first) break;
    }
    chunkItems *= 2;
  }

  return {
    totalCount: reader.count,
    nodes,
    endCursor: position > from ? encodeCursor(reader.section, position) : null,
    hasNextPage: position < to,
  };
}

/**
 * Index of the first item, of `from` to `to` (exclusive), whose time is `ms` or later; `to` when there is none.
 * The items must stand in order of time. Reads a handful of single items.
 */
export async function findFirstAt<T>(
  reader: SectionReader<T>,
  range: { from: number; to: number },
  timeOf: (item: T) => number,
  ms: number,
): Promise<number> {
  let { from, to } = range;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const { items } = await reader.readChunk(middle, middle + 1);
    const isEarlier = items.every((item) => timeOf(item) < ms);
    if (isEarlier) from = middle + 1;
    else to = middle;
  }
  return from;
}
