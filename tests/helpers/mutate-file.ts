import { array, constantFrom, integer, noBias, record, type Arbitrary } from 'fast-check';

/** One way to damage a file; places and lengths are parts of the file's size, 0..1. */
export interface Mutation {
  kind: 'flip bits' | 'zero' | 'repeat' | 'cut out' | 'truncate';
  /** Which part of the file is hit. */
  target: 'index' | 'anywhere';
  places: number[];
  length: number;
  bits: number;
}

/** A number from 0 to below 1, no part of that range more often than another. */
const fraction = noBias(integer({ min: 0, max: 999_999 })).map((millionths) => millionths / 1e6);

/** Mutations at random; half of them in the index, where a few bytes decide about everything. */
export const mutations: Arbitrary<Mutation> = record({
  kind: constantFrom('flip bits', 'flip bits', 'flip bits', 'zero', 'repeat', 'cut out', 'truncate'),
  target: constantFrom('index', 'anywhere'),
  places: array(fraction, { minLength: 1, maxLength: 12 }),
  length: fraction.map((part) => part / 20),
  bits: integer({ min: 1, max: 255 }),
});

/** The bytes of an MP4 with that damage; the file type box at its beginning stays, or it would be refused at once. */
export function mutate(file: Buffer, { kind, target, places, length, bits }: Mutation): Buffer {
  const index = file.indexOf('moov', 0, 'latin1') - 4;
  const [from, to] =
    target === 'index' && index >= 0 ? [index, index + file.readUInt32BE(index)] : [32, file.length];
  const at = (place: number) => Math.min(file.length - 1, Math.floor(from + place * (to - from)));
  const first = at(places[0] ?? 0);
  const bytes = Math.max(1, Math.floor(length * file.length));
  const changed = Buffer.from(file);
  if (kind === 'truncate') return file.subarray(0, first);
  if (kind === 'cut out') return Buffer.concat([file.subarray(0, first), file.subarray(first + bytes)]);
  if (kind === 'repeat') return Buffer.concat([file.subarray(0, first + bytes), file.subarray(first)]);
  if (kind === 'zero') return changed.fill(0, first, Math.min(first + bytes, file.length));
  for (const place of places) changed[at(place)] = (changed[at(place)] ?? 0) ^ bits;
  return changed;
}
