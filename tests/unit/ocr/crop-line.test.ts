import { describe, expect, it } from '@jest/globals';
import type { LumaImage } from '../../../worker/luma-image.ts';
import { findLines } from '../../../worker/ocr/find-lines.ts';
import { drawTexts, type DrawnText, evenLuma } from '../../helpers/draw-luma.ts';

const text = { text: 'Harbour', x: 100, y: 150, size: 40 };
const crop = (paper: number, ...texts: DrawnText[]) => findLines(drawTexts(evenLuma(400, 300, paper), texts));
/** Parts of the pixels that are nearly black and nearly white. */
const shares = ({ data }: LumaImage) => ({
  ink: data.filter((level) => level < 64).length / data.length,
  paper: data.filter((level) => level > 192).length / data.length,
});

describe('a cropped line', () => {
  it.each([
    ['dark on light', 230, 20],
    ['light on dark', 20, 230],
    ['faint', 128, 140],
  ])('is black on white when it was %s', (_, paper, level) => {
    const [line] = crop(paper, { ...text, level });
    const image = line?.crops[0]?.image ?? evenLuma(0, 0, 0);
    const { ink, paper: white } = shares(image);
    expect(ink).toBeGreaterThan(0.08);
    expect(white).toBeGreaterThan(0.6);
    // As if it had been black on white from the beginning.
    const [reference] = crop(255, { ...text, level: 0 });
    const wanted = shares(reference?.crops[0]?.image ?? evenLuma(1, 1, 0));
    expect(Math.abs(ink / wanted.ink - 1)).toBeLessThan(0.35);
    // Letters of one size, whatever they were.
    expect(image.height).toBeGreaterThan(30);
    expect(image.height).toBeLessThan(90);
  });

  it('is the same picture when the same text stood on its side', () => {
    const [upright] = crop(230, { ...text, level: 20 });
    const wanted = upright?.crops[0]?.image ?? evenLuma(1, 1, 0);
    for (const [quarterTurns, turn, y] of [
      [1, 'left', 60],
      [3, 'right', 250],
    ] as const) {
      const [line] = crop(230, { ...text, y, level: 20, quarterTurns });
      expect(line?.crops.map((one) => one.turn)).toEqual(['left', 'right']);
      const turned = line?.crops.find((one) => one.turn === turn)?.image ?? evenLuma(1, 1, 0);
      expect(similarity(wanted, turned)).toBeGreaterThan(0.8);
      const wrong = line?.crops.find((one) => one.turn !== turn)?.image ?? evenLuma(1, 1, 0);
      expect(similarity(wanted, wrong)).toBeLessThan(0.4);
    }
  });

  it('has lost what the line stood on, and what comes in from outside', () => {
    const image = drawTexts(evenLuma(400, 300, 230), [{ ...text, level: 20 }]);
    // A bar that ends just above the letters, and a shade behind half of them.
    for (let y = 0; y < 116; y += 1) image.data.fill(20, y * 400 + 170, y * 400 + 176);
    for (let y = 110; y < 170; y += 1) {
      for (let x = 0; x < 180; x += 1)
        image.data[y * 400 + x] = Math.max(20, (image.data[y * 400 + x] ?? 0) - 60);
    }
    const line = findLines(image).find(({ region }) => region.letters > 3 && !region.isVertical);
    const cut = line?.crops[0]?.image ?? evenLuma(1, 1, 0);
    const firstRows = cut.data.subarray(0, cut.width * 4);
    expect(firstRows.every((level) => level === 255)).toBe(true);
    expect(shares(cut).paper).toBeGreaterThan(0.6);
  });
});

/** Correlation of two pictures' ink, the second one stretched to the first's size; 1 for equal ones. */
function similarity(a: LumaImage, b: LumaImage): number {
  let both = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let index = 0; index < a.data.length; index += 1) {
    const x = Math.floor(((index % a.width) / a.width) * b.width);
    const y = Math.floor((Math.floor(index / a.width) / a.height) * b.height);
    const [inkA, inkB] = [255 - (a.data[index] ?? 0), 255 - (b.data[y * b.width + x] ?? 0)];
    both += inkA * inkB;
    squaresA += inkA ** 2;
    squaresB += inkB ** 2;
  }
  return both / Math.sqrt(squaresA * squaresB);
}
