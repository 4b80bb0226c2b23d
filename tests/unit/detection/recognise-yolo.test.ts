import { describe, expect, it } from '@jest/globals';
import { recogniseYolo } from '../../../worker/detection/models/recognise-yolo.ts';

/** Centres of a grid of 20x20 anchors over an input of `side`, one after the other. */
const centres = (side: number): number[] =>
  Array.from({ length: 400 }, (_, index) => (((index % 20) + 0.5) / 20) * side);

/** Anchors whose every other value is far from any centre. */
function answer(layout: 'v5' | 'v8', side: number, classes: number) {
  const extra = layout === 'v5' ? 5 : 4;
  const anchors = centres(side).map((x) =>
    Array.from({ length: extra + classes }, (_, value) => (value === 0 ? x : 1e-3)),
  );
  const shape = layout === 'v5' ? [1, 400, extra + classes] : [1, extra + classes, 400];
  const values =
    layout === 'v5'
      ? anchors.flat()
      : Array.from({ length: extra + classes }, (_, row) => anchors.map((anchor) => anchor[row] ?? 0)).flat();
  return { shape, values: Float32Array.from(values) };
}

describe('recogniseYolo', () => {
  it.each([
    ['v5', 640, 'pixels'],
    ['v5', 1, 'fraction'],
    ['v8', 32, 'pixels'],
    ['v8', 1, 'fraction'],
  ] as const)('tells the layout %s with centres up to %d to be in %s', (layout, side, boxUnit) => {
    expect(recogniseYolo(answer(layout, side, 3), 3)).toEqual({ layout, boxUnit });
  });

  it('says which shapes would fit when the number of labels is wrong', () => {
    expect(() => recogniseYolo(answer('v8', 640, 3), 4)).toThrow(/\[1, N, 9\].*\[1, 8, N\]/s);
    expect(() => recogniseYolo(undefined, 4)).toThrow(expect.objectContaining({ code: 'MODEL_UNAVAILABLE' }));
  });

  it('refuses boxes of no known unit instead of guessing', () => {
    for (const side of [6, 0, -640, Number.NaN]) {
      expect(() => recogniseYolo(answer('v8', side, 3), 3)).toThrow('neither in pixels nor in fractions');
    }
  });
});
