import { createSeededRandom, type SeededRandom } from './seeded-random.ts';

/** A file that was damaged at random, and what was done to it. */
export interface MutatedFile {
  bytes: Buffer;
  /** Such as `zeroed 12 bytes at 417`. */
  damage: string[];
}

type Mutation = (bytes: Buffer, at: number, random: SeededRandom) => { bytes: Buffer; what: string };

/** Sizes, counts and offsets that a reader may stumble over. */
const EXTREMES = [0, 1, 7, 8, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff] as const;
const lengthOf = (random: SeededRandom) => 1 + random.below(random.pick([4, 40, 400, 4000]));
const without = (bytes: Buffer, from: number, to: number) =>
  Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);

const flip: Mutation = (bytes, at, random) => {
  const bit = random.below(8);
  const result = Buffer.from(bytes);
  result.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
  return { bytes: result, what: `flipped bit ${bit}` };
};
const overwrite: Mutation = (bytes, at, random) => {
  const value = random.pick(EXTREMES);
  const result = Buffer.from(bytes);
  result.writeUInt32BE(value, Math.min(at, bytes.length - 4));
  return { bytes: result, what: `wrote ${value}` };
};
const zero: Mutation = (bytes, at, random) => {
  const length = lengthOf(random);
  return {
    bytes: Buffer.from(bytes).fill(0, at, Math.min(at + length, bytes.length)),
    what: `zeroed ${length} bytes`,
  };
};
const remove: Mutation = (bytes, at, random) => {
  const length = lengthOf(random);
  return { bytes: without(bytes, at, at + length), what: `removed ${length} bytes` };
};
const duplicate: Mutation = (bytes, at, random) => {
  const length = lengthOf(random);
  const parts = [bytes.subarray(0, at + length), bytes.subarray(at)];
  return { bytes: Buffer.concat(parts), what: `duplicated ${length} bytes` };
};
const truncate: Mutation = (bytes, at) => ({ bytes: bytes.subarray(0, at), what: 'cut off' });
const MUTATIONS = [flip, flip, flip, overwrite, overwrite, zero, remove, duplicate, truncate] as const;

/** Where the box of that type lies; the whole file when it has none any more. */
function boxOf(bytes: Buffer, type: string): { from: number; to: number } {
  const typeAt = bytes.indexOf(type);
  if (typeAt < 4) return { from: 0, to: bytes.length };
  return { from: typeAt - 4, to: Math.min(bytes.length, typeAt - 4 + bytes.readUInt32BE(typeAt - 4)) };
}

/** Damages an MP4 in one to four places, six times out of ten in its header and three in its media data. */
export function mutateFile(whole: Buffer, seed: number): MutatedFile {
  const random = createSeededRandom(seed);
  const damage: string[] = [];
  let bytes = whole;
  for (let left = 1 + random.below(4); left > 0 && bytes.length > 4; left -= 1) {
    const place = random.below(10);
    const { from, to } =
      place < 6 ? boxOf(bytes, 'moov') : place < 9 ? boxOf(bytes, 'mdat') : { from: 0, to: bytes.length };
    const at = from + random.below(Math.max(1, to - from));
    if (at >= bytes.length) continue;
    const mutated = random.pick(MUTATIONS)(bytes, at, random);
    bytes = mutated.bytes;
    damage.push(`${mutated.what} at ${at}`);
  }
  return { bytes, damage };
}
