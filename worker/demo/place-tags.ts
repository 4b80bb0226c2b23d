/** A rectangle in pixels, x and y from the top left corner. */
export interface PixelRect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * Where to put the tag of a box: above it, in its upper edge, below it, in its lower edge, or further down inside;
 * the first place that no earlier tag covers. The result lies wholly inside the picture if the tag fits into it.
 */
export function placeTag(
  box: PixelRect,
  tag: { width: number; height: number },
  picture: { width: number; height: number },
  placed: readonly PixelRect[],
): PixelRect {
  const bottom = box.y + box.height;
  const rows = [box.y - tag.height, box.y, bottom, bottom - tag.height];
  for (let y = box.y + tag.height; y + tag.height <= bottom; y += tag.height) rows.push(y);
  const x = clamp(box.x, picture.width - tag.width);
  const { width, height } = tag;
  const candidates = rows.map((y) => ({ x, y: clamp(y, picture.height - height), width, height }));
  const free = candidates.find((candidate) => !placed.some((other) => overlap(candidate, other)));
  return free ?? { x, y: clamp(box.y, picture.height - height), width, height };
}

function clamp(value: number, maximum: number): number {
  return Math.max(0, Math.min(value, maximum));
}

function overlap(a: PixelRect, b: PixelRect): boolean {
  const apart =
    a.x >= b.x + b.width || b.x >= a.x + a.width || a.y >= b.y + b.height || b.y >= a.y + a.height;
  return !apart;
}
