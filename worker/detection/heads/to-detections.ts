import type { Detection } from '../../../src/results/results-document.ts';
import { type ImageSize, placeImage } from '../../fit-image.ts';
import type { DetectorInput } from '../object-detector.ts';
import type { Candidate } from './non-maximum-suppression.ts';

/**
 * Brings boxes from the model's input, in which the frame may lie between bars, back to the frame of the size
 * `source`: 0..1 of it, cut off at its edges. Boxes of which nothing lies within the frame are left out.
 */
export function toDetections(
  candidates: readonly Candidate[],
  labels: readonly (string | null)[],
  input: DetectorInput,
  source: ImageSize,
): Detection[] {
  const placed = placeImage(source, input, input.fit);
  const across = (edge: number): number => round(clip((edge * input.width - placed.x) / placed.width), 5);
  const down = (edge: number): number => round(clip((edge * input.height - placed.y) / placed.height), 5);
  return candidates.flatMap(({ classIndex, confidence, left, top, right, bottom }) => {
    const label = labels[classIndex];
    // The edges are rounded, not the sizes, so that x + width never passes the frame's edge.
    const x = across(left);
    const y = down(top);
    const width = round(across(right) - x, 5);
    const height = round(down(bottom) - y, 5);
    if (typeof label !== 'string' || !(width > 0 && height > 0)) return [];
    return [{ label, confidence: round(Math.min(confidence, 1), 4), box: { x, y, width, height } }];
  });
}

function clip(edge: number): number {
  return Math.min(Math.max(edge, 0), 1);
}

function round(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals;
}
