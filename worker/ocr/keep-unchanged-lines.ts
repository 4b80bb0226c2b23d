import type { BoundingBox, TextLine } from '../../src/results/results-document.ts';
import { type ChangeMask, touchesChange } from '../change-mask.ts';
import type { FrameTexts } from './text-reader.ts';

/**
 * All lines of a frame of which only what has changed was read: the lines of the earlier frame that no change touches and
 * in whose place nothing was read, and the new ones; from top to bottom. `changed` is the mask that the reader was given.
 */
export function keepUnchangedLines(
  earlier: readonly TextLine[],
  changed: ChangeMask,
  { texts, readRegions }: Pick<FrameTexts, 'texts' | 'readRegions'>,
): TextLine[] {
  const kept = earlier.filter(
    ({ box }) => !touchesChange(changed, box) && !readRegions.some((region) => overlap(box, region)),
  );
  return [...kept, ...texts].toSorted((a, b) => a.box.y - b.box.y || a.box.x - b.box.x);
}

function overlap(a: BoundingBox, b: BoundingBox): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
