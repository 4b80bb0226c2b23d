import type { BoundingBox } from '../../src/results/results-document.ts';
import { type ChangeMask, hasChanges, touchesChange } from '../change-mask.ts';
import type { LumaImage } from '../luma-image.ts';
import { cropLine, type LineCrop } from './crop-line.ts';
import { markStrokes } from './local-contrast.ts';
import { normaliseBox } from './normalise-box.ts';
import { proposeRegions } from './propose-regions.ts';
import type { TextRegion } from './text-region.ts';

/** A place that may hold a line of text, and the crops to read it from: one, or one for either turn of a line on its side. */
export interface FoundLine {
  region: TextRegion;
  /** The region, normalised to the frame. */
  box: BoundingBox;
  crops: LineCrop[];
}

/**
 * Where text may stand on a frame, made ready to be read; given a mask, only what a change touches, or nearly does. A
 * function of frame and mask alone.
 */
export function findLines(frame: LumaImage, changed?: ChangeMask): FoundLine[] {
  if (changed !== undefined && !hasChanges(changed)) return [];
  const marks = markStrokes(frame);
  return proposeRegions(frame, marks).flatMap((region) => {
    if (changed !== undefined && !touchesChange(changed, normaliseBox(widen(region), frame))) return [];
    const turns = region.isVertical ? (['left', 'right'] as const) : (['none'] as const);
    const crops = turns.map((turn) => cropLine(frame, marks, region, turn));
    return [{ region, box: normaliseBox(region, frame), crops }];
  });
}

/** The region and a letter's height around it: what comes close changes what its letters stand on. */
function widen({ left, top, right, bottom, letterHeight }: TextRegion) {
  return {
    left: left - letterHeight,
    top: top - letterHeight,
    right: right + letterHeight,
    bottom: bottom + letterHeight,
  };
}
