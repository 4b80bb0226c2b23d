import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { StorageService } from '../storage/storage-service.ts';
import { offsetsRange, type ResultsIndexHeader, type ResultsSection } from './results-index.ts';

/** Most items that one ranged read fetches. */
export const CHUNK_ITEMS = 256;
/** About as many bytes of the document are fetched and parsed in one go, more only for a single longer item. */
export const CHUNK_BYTES = 1024 * 1024;

/** Neighbouring items of a section, and their size in the document. */
export interface SectionChunk<T> {
  items: T[];
  bytes: number;
}

/** Reads one section of a document in chunks. Its methods throw AppError STORAGE_FAILED. */
export interface SectionReader<T> {
  readonly section: ResultsSection;
  readonly count: number;
  /** Items from `from` towards `to` (exclusive): at least one, at most CHUNK_ITEMS, as far as CHUNK_BYTES go. */
  readChunk(from: number, to: number): Promise<SectionChunk<T>>;
  /** All items as they stand in the document: JSON texts with commas between them. */
  openRaw(): Promise<Readable>;
}

/** We wrote the document ourselves, so its pieces are known by construction; only that each is JSON is checked. */
export const ownJson = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null);

/** A reader of one section of the document under `keys.document`. */
export function createSectionReader<T>(
  storage: StorageService,
  keys: { document: string; index: string },
  header: ResultsIndexHeader,
  section: ResultsSection,
): SectionReader<T> {
  const { count } = header.sections[section];

  const readOffset = async (item: number): Promise<number> => {
    const { start } = offsetsRange(header, section, item, item);
    return Number((await storage.read(keys.index, { start, end: start + 8 })).readBigUInt64LE(0));
  };

  return {
    section,
    count,
    async readChunk(from, to) {
      const wanted = Math.min(to - from, CHUNK_ITEMS);
      const offsets = await storage.read(keys.index, offsetsRange(header, section, from, from + wanted));
      const offsetOf = (item: number) => Number(offsets.readBigUInt64LE(item * 8));
      const start = offsetOf(0);
      let size = wanted;
      while (size > 1 && offsetOf(size) - start > CHUNK_BYTES) size -= 1;
      const end = offsetOf(size);
      const text = (await storage.read(keys.document, { start, end })).toString();
      const items = z.array(ownJson<T>()).parse(JSON.parse(`[${withoutLastComma(text)}]`));
      return { items, bytes: end - start };
    },
    async openRaw() {
      return storage.open(keys.document, { start: await readOffset(0), end: await readOffset(count) });
    },
  };
}

/** All items of a section, chunk after chunk, from its beginning. */
export async function* readAllChunks<T>(reader: SectionReader<T>): AsyncGenerator<T[]> {
  let position = 0;
  while (position < reader.count) {
    const { items } = await reader.readChunk(position, reader.count);
    yield items;
    position += items.length;
  }
}

/** The comma behind an item belongs to its bytes; the last item of a section has none. */
function withoutLastComma(text: string): string {
  return text.endsWith(',\n') ? text.slice(0, -2) : text;
}
