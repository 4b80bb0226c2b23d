import { describe, expect, it } from '@jest/globals';
import { BRIGHT, DARK, markStrokes, PLAIN } from '../../../worker/ocr/local-contrast.ts';
import type { LumaImage } from '../../../worker/luma-image.ts';
import { evenLuma, noisyLuma } from '../../helpers/draw-luma.ts';

/** What a pixel is by Niblack's definition, counted out over the square of 29 pixels around it. */
function markOf({ width, height, data }: LumaImage, x: number, y: number): number {
  const around: number[] = [];
  for (let row = Math.max(0, y - 14); row <= Math.min(height - 1, y + 14); row += 1) {
    for (let column = Math.max(0, x - 14); column <= Math.min(width - 1, x + 14); column += 1) {
      around.push(data[row * width + column] ?? 0);
    }
  }
  const mean = around.reduce((sum, value) => sum + value, 0) / around.length;
  const deviation = Math.sqrt(around.reduce((sum, value) => sum + (value - mean) ** 2, 0) / around.length);
  const difference = (data[y * width + x] ?? 0) - mean;
  if (Math.abs(difference) < 5 || Math.abs(difference) <= 0.4 * deviation) return PLAIN;
  return difference > 0 ? BRIGHT : DARK;
}

describe('marking strokes', () => {
  it.each([
    ['wider and taller than the square', 70, 50],
    ['narrower and lower', 9, 7],
  ])('compares each pixel with the square around it, in a picture %s', (_, width, height) => {
    const image = noisyLuma(width, height, 3);
    const expected = Array.from({ length: width * height }, (__, index) =>
      markOf(image, index % width, Math.floor(index / width)),
    );
    expect([...markStrokes(image)]).toEqual(expected);
  });

  it('finds none on an even picture, a noisy one of four levels, and pictures of a pixel or none', () => {
    const noisy = evenLuma(80, 60, 100);
    for (let index = 0; index < noisy.data.length; index += 3) noisy.data[index] = 104;
    for (const image of [evenLuma(80, 60, 200), noisy, evenLuma(1, 1, 9), evenLuma(0, 0, 0)]) {
      const marks = markStrokes(image);
      expect(marks).toHaveLength(image.data.length);
      expect(marks.every((mark) => mark === PLAIN)).toBe(true);
    }
  });

  it.each([
    ['bright', 128, 140, BRIGHT],
    ['dark', 128, 116, DARK],
    ['glaring', 0, 255, BRIGHT],
  ])('marks a %s line of three pixels, at the edge and in the middle', (_, paper, ink, mark) => {
    for (const top of [0, 30, 57]) {
      const image = evenLuma(80, 60, paper);
      image.data.fill(ink, top * 80, (top + 3) * 80);
      const marks = markStrokes(image);
      for (let y = 0; y < 60; y += 1) {
        const isInk = y >= top && y < top + 3;
        expect({ y, isMarked: marks[y * 80 + 40] === mark }).toEqual({ y, isMarked: isInk });
      }
    }
  });

  it('adapts to each place: a faint line is found beside a glaring one', () => {
    const image = evenLuma(200, 60, 60);
    for (let y = 20; y < 40; y += 1) {
      image.data.fill(255, y * 200 + 20, y * 200 + 24);
      image.data.fill(72, y * 200 + 150, y * 200 + 154);
    }
    const marks = markStrokes(image);
    expect([22, 152].map((x) => marks[30 * 200 + x])).toEqual([BRIGHT, BRIGHT]);
  });
});
