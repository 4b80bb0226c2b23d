import type { RgbImage } from '../../rgb-image.ts';
import type { RawOutput } from '../heads/head.ts';
import type { GraphRunner } from './graph-runner.ts';

/** What values may differ by, of their size where that is above 1: docs/models.md allows as much between backends. */
const TOLERANCE = 0.001;

/**
 * Whether a graph takes `count` pictures at once, and answers for `picture` among black ones what it answers for it alone.
 * Most exports are made for one picture; others accept several and mix them up.
 */
export async function takesBatch(
  runner: Pick<GraphRunner, 'run'>,
  picture: RgbImage,
  count: number,
): Promise<boolean> {
  if (count === 1) return true;
  const black = { ...picture, data: new Uint8Array(new SharedArrayBuffer(picture.data.length)) };
  const batch = [...Array.from({ length: count - 1 }, () => black), picture];
  try {
    const [[alone], together] = [await runner.run([picture]), await runner.run(batch)];
    return alone !== undefined && alone.every((output, index) => isNear(output, together.at(-1)?.[index]));
  } catch {
    return false;
  }
}

function isNear(alone: RawOutput, together: RawOutput | undefined): boolean {
  if (together === undefined || together.values.length !== alone.values.length) return false;
  return alone.values.every((value, index) => {
    const difference = Math.abs(value - (together.values[index] ?? Number.NaN));
    return difference <= TOLERANCE * Math.max(1, Math.abs(value));
  });
}
