import type { StorageService } from '../storage/storage-service.ts';
import type { FrameResult, ObjectTrack, ResultsHead, TextSegment, Timing } from './results-document.ts';
import { encodeResultsIndex, RESULTS_SECTIONS, type ResultsSection } from './results-index.ts';
import { resultsIndexKey } from './results-keys.ts';

/** Items are gathered into pieces of about this size, so that a long document is not a million small writes. */
const CHUNK_BYTES = 64 * 1024;

/** The parts of a results document; frames may come from anywhere, one at a time. */
export interface ResultsParts {
  head: ResultsHead;
  frames: AsyncIterable<FrameResult> | Iterable<FrameResult>;
  tracks: Iterable<ObjectTrack>;
  textSegments: Iterable<TextSegment>;
  /** Asked for last, when everything else has been written. */
  timing(): Timing;
}

/**
 * Writes a results document under `key`, and beside it the index that lets `createResultsReader` read one page
 * without the rest. The document is never whole in memory. If the index fails, the document is removed again.
 */
export async function writeResults(storage: StorageService, key: string, parts: ResultsParts): Promise<void> {
  const offsets: Record<ResultsSection, number[]> = { results: [], tracks: [], textSegments: [] };
  const places = { headEnd: 0, tailStart: 0, tailEnd: 0 };
  await storage.save(key, inChunks(encodeDocument(parts, offsets, places)));
  try {
    await storage.save(resultsIndexKey(key), toAsync(encodeResultsIndex(places, offsets)));
  } catch (error) {
    await storage.delete(key);
    throw error;
  }
}

async function* encodeDocument(
  parts: ResultsParts,
  offsets: Record<ResultsSection, number[]>,
  places: { headEnd: number; tailStart: number; tailEnd: number },
): AsyncGenerator<Buffer> {
  let position = 0;
  const emit = (text: string): Buffer => {
    const bytes = Buffer.from(text);
    position += bytes.length;
    return bytes;
  };

  yield emit(JSON.stringify(parts.head).slice(0, -1));
  places.headEnd = position;

  const items = { results: parts.frames, tracks: parts.tracks, textSegments: parts.textSegments };
  for (const section of RESULTS_SECTIONS) {
    yield emit(`,\n"${section}":[\n`);
    let separator = '';
    for await (const item of items[section]) {
      if (separator) yield emit(separator);
      offsets[section].push(position);
      yield emit(JSON.stringify(item));
      separator = ',\n';
    }
    offsets[section].push(position);
    yield emit('\n]');
  }

  yield emit(',\n');
  places.tailStart = position;
  yield emit(`"timing":${JSON.stringify(parts.timing())}`);
  places.tailEnd = position;
  yield emit('}\n');
}

async function* inChunks(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let size = 0;
  for await (const piece of source) {
    gathered.push(piece);
    size += piece.length;
    if (size < CHUNK_BYTES) continue;
    yield Buffer.concat(gathered);
    gathered = [];
    size = 0;
  }
  yield Buffer.concat(gathered);
}

async function* toAsync<T>(source: Iterable<T>): AsyncGenerator<T> {
  yield* source;
}
