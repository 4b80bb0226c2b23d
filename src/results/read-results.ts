import type { Readable } from 'node:stream';
import type { StorageService } from '../storage/storage-service.ts';
import { narrowFrames, narrowTextSegments, narrowTracks, type Narrow } from './match-results.ts';
import type { FrameResult, ObjectTrack, ResultsHead, TextSegment, Timing } from './results-document.ts';
import {
  checkFilter,
  isGiven,
  type ObjectFilter,
  type TextSegmentFilter,
  type TimeFilter,
} from './results-filter.ts';
import { HEADER_BYTES, resultsIndexHeaderSchema } from './results-index.ts';
import { resultsIndexKey } from './results-keys.ts';
import { decodeCursor, resolvePageSize, type PageRequest, type ResultsPage } from './results-page.ts';
import { findFirstAt, scanSection } from './scan-section.ts';
import { createSectionReader, ownJson, readAllChunks, type SectionReader } from './section-reader.ts';

/** The small parts of a results document. */
export type ResultsSummary = ResultsHead & { timing: Timing };

/**
 * Reads one results document in pieces: no page needs the others, and no method holds the whole.
 * The methods throw AppError STORAGE_FAILED when the document or its index is missing; the paged ones
 * INVALID_ARGUMENT for a page size, cursor or filter outside its limits.
 */
export interface ResultsReader {
  summary(): Promise<ResultsSummary>;
  /** In order of time, narrowed to what matches the filter; frames on which nothing does are passed over. */
  frames(page: PageRequest, filter?: ObjectFilter): Promise<ResultsPage<FrameResult>>;
  /** In order of first appearance. */
  tracks(page: PageRequest, filter?: ObjectFilter): Promise<ResultsPage<ObjectTrack>>;
  /** In order of first appearance. */
  textSegments(page: PageRequest, filter?: TextSegmentFilter): Promise<ResultsPage<TextSegment>>;
  /** All frames, in chunks of bounded size. */
  allFrames(): AsyncGenerator<FrameResult[]>;
  /** All text segments, in chunks of bounded size. */
  allTextSegments(): AsyncGenerator<TextSegment[]>;
  /** The frames' JSON as it stands in the document, with commas between; the caller must read or destroy it. */
  openFramesJson(): Promise<Readable>;
}

/** A reader of the document under `key`. */
export async function createResultsReader(storage: StorageService, key: string): Promise<ResultsReader> {
  const keys = { document: key, index: resultsIndexKey(key) };
  const headerBytes = await storage.read(keys.index, { start: 0, end: HEADER_BYTES });
  const header = resultsIndexHeaderSchema.parse(JSON.parse(headerBytes.toString()));
  const frames = createSectionReader<FrameResult>(storage, keys, header, 'results');
  const tracks = createSectionReader<ObjectTrack>(storage, keys, header, 'tracks');
  const textSegments = createSectionReader<TextSegment>(storage, keys, header, 'textSegments');

  return {
    async summary() {
      const head = (await storage.read(key, { start: 0, end: header.headEnd })).toString();
      const tail = (await storage.read(key, { start: header.tailStart, end: header.tailEnd })).toString();
      return ownJson<ResultsSummary>().parse(JSON.parse(`${head},${tail}}`));
    },
    async frames(page, filter = {}) {
      return readPage(frames, page, filter, {
        narrow: narrowFrames,
        beginOf: (frame) => frame.timestampMs,
        isOneMoment: true,
      });
    },
    async tracks(page, filter = {}) {
      return readPage(tracks, page, filter, {
        narrow: narrowTracks,
        beginOf: (track) => track.firstSeenMs,
        isOneMoment: false,
      });
    },
    async textSegments(page, filter = {}) {
      return readPage(textSegments, page, filter, {
        narrow: narrowTextSegments,
        beginOf: (segment) => segment.startMs,
        isOneMoment: false,
      });
    },
    allFrames: () => readAllChunks(frames),
    allTextSegments: () => readAllChunks(textSegments),
    openFramesJson: () => frames.openRaw(),
  };
}

async function readPage<T, F extends TimeFilter>(
  reader: SectionReader<T>,
  page: PageRequest,
  filter: F,
  items: {
    narrow: (filter: F) => Narrow<T> | undefined;
    /** By which the items stand in order. */
    beginOf: (item: T) => number;
    /** Whether items end when they begin; otherwise one that begins before the time range can reach into it. */
    isOneMoment: boolean;
  },
): Promise<ResultsPage<T>> {
  checkFilter(filter);
  const first = resolvePageSize(page.first);
  let from = decodeCursor(reader.section, reader.count, page.after);
  let to = reader.count;
  if (items.isOneMoment && isGiven(filter.fromMs)) {
    from = await findFirstAt(reader, { from, to }, items.beginOf, filter.fromMs);
  }
  if (isGiven(filter.toMs)) to = await findFirstAt(reader, { from, to }, items.beginOf, filter.toMs);
  return scanSection(reader, { from, to, first, narrow: items.narrow(filter) });
}
