import type { LumaImage } from '../luma-image.ts';

/** A rectangle of pixels. */
export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** From where something is in one picture to where it is in another, in pixels. */
export interface Shift {
  x: number;
  y: number;
}

/** An area whose brightness deviates less from its mean, as a standard deviation of 255, shows nothing to compare. */
const LEAST_DEVIATION = 1;

/**
 * How alike an area of one picture is to the area of an equally large one that lies `shift` from there, which must be inside
 * too: the correlation of their pixels (normalised, with zero mean), from -1 to 1, which neither brightness nor contrast
 * changes. 0 when either is even.
 */
export function correlate(before: LumaImage, after: LumaImage, area: Area, shift: Shift): number {
  const { width } = before;
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
  for (let y = area.top; y < area.top + area.height; y += 1) {
    const offset = shift.y * width + shift.x;
    for (let index = y * width + area.left; index < y * width + area.left + area.width; index += 1) {
      const a = before.data[index] ?? 0;
      const b = after.data[index + offset] ?? 0;
      sumA += a;
      sumB += b;
      squaresA += a * a;
      squaresB += b * b;
      products += a * b;
    }
  }
  const count = area.width * area.height;
  const spreadA = squaresA - sumA ** 2 / count;
  const spreadB = squaresB - sumB ** 2 / count;
  const least = count * LEAST_DEVIATION ** 2;
  if (spreadA < least || spreadB < least) return 0;
  return (products - (sumA * sumB) / count) / Math.sqrt(spreadA * spreadB);
}

/** The standard deviation of the brightness in an area. */
export function deviationOf({ data, width }: LumaImage, area: Area): number {
  let [sum, squares] = [0, 0];
  for (let y = area.top; y < area.top + area.height; y += 1) {
    for (let index = y * width + area.left; index < y * width + area.left + area.width; index += 1) {
      const value = data[index] ?? 0;
      sum += value;
      squares += value * value;
    }
  }
  const count = area.width * area.height;
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}
