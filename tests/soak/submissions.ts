import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../dist/src/config.js';
import type { Random } from './random.ts';

/** A file and options that jobs are made of. All jobs of one variant must end alike. */
export interface Variant {
  name: string;
  path: string;
  samplesPerSecond: number;
  damaged: boolean;
}

/** One request for a job, which may have to be sent more than once. */
export interface Submission {
  /** In the job's tags, and so in its row: tells which submission made it. */
  tag: string;
  owner: string;
  variant: Variant;
  priority: number;
  idempotencyKey: string | null;
}

/** Jobs of a damaged file, of a hundred. */
const DAMAGED_PERCENT = 8;

/** The variants of tests/fixtures/tiny.mp4; the damaged ones are cut off in the index, and before the first frame. */
export async function makeVariants(directory: string): Promise<Variant[]> {
  const whole = join(projectRoot, 'tests', 'fixtures', 'tiny.mp4');
  const bytes = await readFile(whole);
  const cuts = { 'no-index': 600, 'no-frames': bytes.indexOf('mdat') + 4 };
  const damaged = await Promise.all(
    Object.entries(cuts).map(async ([name, length]) => {
      const path = join(directory, `${name}.mp4`);
      await writeFile(path, bytes.subarray(0, length));
      return { name, path, samplesPerSecond: 1, damaged: true };
    }),
  );
  const sampled = [1, 2, 4, 8].map((samplesPerSecond) => ({
    name: `${samplesPerSecond} samples/s`,
    path: whole,
    samplesPerSecond,
    damaged: false,
  }));
  return [...sampled, ...damaged];
}

/** Makes up submissions of one owner. */
export function createSubmissions(
  owner: string,
  variants: readonly Variant[],
  random: Random,
): () => Submission {
  let count = 0;
  return () => {
    count += 1;
    const tag = `${owner}-${count}`;
    const damaged = random.chance(DAMAGED_PERCENT / 100);
    const variant = random.pick(variants.filter((one) => one.damaged === damaged));
    if (!variant) throw new Error('There are no variants.');
    const idempotencyKey = random.chance(0.6) ? `key-${tag}` : null;
    return { tag, owner, variant, priority: random.between(0, 9), idempotencyKey };
  };
}
