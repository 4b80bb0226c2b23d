import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { StorageService } from '../storage/storage-service.ts';
import type { FrameResult, ObjectTrack, ResultsHead, TextSegment, Timing } from './results-document.ts';
import {
  HEADER_BYTES,
  offsetsRange,
  resultsIndexHeaderSchema,
  type ResultsIndexHeader,
  type ResultsSection,
} from './results-index.ts';
import { resultsIndexKey } from './results-keys.ts';

/** One page of a section: `items` begins at item `offset` of `totalCount`. */
export interface ResultsPage<T> {
  totalCount: number;
  offset: number;
  items: T[];
}

/** Which items of a section to read. */
export interface PageRequest {
  /** 0 or more. */
  offset: number;
  /** 1 to 1000. */
  limit: number;
}

/** Reads one results document in pieces: no page needs the others. */
export interface ResultsReader {
  summary(): Promise<ResultsHead & { timing: Timing }>;
  frames(page: PageRequest): Promise<ResultsPage<FrameResult>>;
  tracks(page: PageRequest): Promise<ResultsPage<ObjectTrack>>;
  textSegments(page: PageRequest): Promise<ResultsPage<TextSegment>>;
}

const MAX_PAGE = 1000;

/** We wrote the document ourselves, so its pieces are known by construction; only that each is JSON is checked. */
const ownJson = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null);

/**
 * A reader of the document under `key`.
 * Its methods throw AppError STORAGE_FAILED when the document or its index is missing, INVALID_ARGUMENT for a page
 * outside the limits.
 */
export async function createResultsReader(storage: StorageService, key: string): Promise<ResultsReader> {
  const indexKey = resultsIndexKey(key);
  const header = resultsIndexHeaderSchema.parse(
    parseJson(await storage.read(indexKey, { start: 0, end: HEADER_BYTES })),
  );

  const readPage = async <T>(section: ResultsSection, page: PageRequest): Promise<ResultsPage<T>> => {
    const { from, to, count } = boundPage(header, section, page);
    if (from === to) return { totalCount: count, offset: page.offset, items: [] };
    const offsets = await storage.read(indexKey, offsetsRange(header, section, from, to));
    const start = Number(offsets.readBigUInt64LE(0));
    const end = Number(offsets.readBigUInt64LE(offsets.length - 8));
    const text = (await storage.read(key, { start, end })).toString().replace(/,\n$/, '');
    return {
      totalCount: count,
      offset: page.offset,
      items: z.array(ownJson<T>()).parse(JSON.parse(`[${text}]`)),
    };
  };

  return {
    async summary() {
      const head = (await storage.read(key, { start: 0, end: header.headEnd })).toString();
      const tail = (await storage.read(key, { start: header.tailStart, end: header.tailEnd })).toString();
      return ownJson<ResultsHead & { timing: Timing }>().parse(JSON.parse(`${head},${tail}}`));
    },
    frames: (page) => readPage<FrameResult>('results', page),
    tracks: (page) => readPage<ObjectTrack>('tracks', page),
    textSegments: (page) => readPage<TextSegment>('textSegments', page),
  };
}

function boundPage(header: ResultsIndexHeader, section: ResultsSection, page: PageRequest) {
  if (!(page.offset >= 0 && page.limit >= 1 && page.limit <= MAX_PAGE)) {
    throw new AppError(
      'INVALID_ARGUMENT',
      `A page must have an offset of at least 0 and a limit from 1 to ${MAX_PAGE}.`,
      {
        details: { argument: 'limit', min: 1, max: MAX_PAGE },
      },
    );
  }
  const { count } = header.sections[section];
  const from = Math.min(page.offset, count);
  return { from, to: Math.min(from + page.limit, count), count };
}

function parseJson(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString());
}
