import { z } from 'zod';

/** The paged parts of a results document, in the order in which they stand in it. */
export const RESULTS_SECTIONS = ['results', 'tracks', 'textSegments'] as const;

/** See RESULTS_SECTIONS. */
export type ResultsSection = (typeof RESULTS_SECTIONS)[number];

const WORD = 8;
const sectionSchema = z.object({ count: z.int().min(0), firstWord: z.int().min(0) });

/**
 * Where things stand in a results document, in bytes. It begins the index file as one line of JSON, padded with
 * spaces to `HEADER_BYTES`; then follow, for each section, `count + 1` little-endian 64-bit offsets: item i of the
 * section, with the comma behind it, spans from offset i to offset i + 1.
 */
export const resultsIndexHeaderSchema = z.object({
  version: z.literal(1),
  /** The document's head is valid JSON when bytes 0..headEnd are closed with `}`. */
  headEnd: z.int().min(0),
  /** Bytes tailStart..tailEnd are members after the sections, valid JSON between braces. */
  tailStart: z.int().min(0),
  tailEnd: z.int().min(0),
  sections: z.object({ results: sectionSchema, tracks: sectionSchema, textSegments: sectionSchema }),
});

/** See resultsIndexHeaderSchema. */
export type ResultsIndexHeader = z.infer<typeof resultsIndexHeaderSchema>;

/** Fixed, so that the header can be read in one go. */
export const HEADER_BYTES = 512;

/** The bytes of an index file. `offsets` holds `count + 1` document offsets for each section. */
export function* encodeResultsIndex(
  places: Omit<ResultsIndexHeader, 'version' | 'sections'>,
  offsets: Readonly<Record<ResultsSection, readonly number[]>>,
): Generator<Buffer> {
  let firstWord = 0;
  const describe = (section: ResultsSection) => {
    const place = { count: offsets[section].length - 1, firstWord };
    firstWord += offsets[section].length;
    return place;
  };
  const sections = {
    results: describe('results'),
    tracks: describe('tracks'),
    textSegments: describe('textSegments'),
  };
  yield Buffer.from(JSON.stringify({ version: 1, ...places, sections }).padEnd(HEADER_BYTES));
  for (const section of RESULTS_SECTIONS) {
    yield Buffer.from(BigUint64Array.from(offsets[section], BigInt).buffer);
  }
}

/** Byte range, in the index file, of the offsets that bound items `from` to `to` (exclusive) of a section. */
export function offsetsRange(header: ResultsIndexHeader, section: ResultsSection, from: number, to: number) {
  const base = HEADER_BYTES + header.sections[section].firstWord * WORD;
  return { start: base + from * WORD, end: base + (to + 1) * WORD };
}
