import { expect, it } from '@jest/globals';
import { placeImage } from '../../../worker/fit-image.ts';

const SQUARE = { width: 640, height: 640 };

it.each([
  ['a wide picture', { width: 1280, height: 720 }, { x: 0, y: 140, width: 640, height: 360 }],
  ['a tall picture', { width: 360, height: 720 }, { x: 160, y: 0, width: 320, height: 640 }],
  ['a picture of the same shape', { width: 300, height: 300 }, { x: 0, y: 0, width: 640, height: 640 }],
  [
    'a picture that leaves uneven bars',
    { width: 640, height: 479 },
    { x: 0, y: 80, width: 640, height: 479 },
  ],
  ['a line of pixels', { width: 100_000, height: 1 }, { x: 0, y: 319, width: 640, height: 1 }],
])('centres %s between bars', (_, source, placed) => {
  expect(placeImage(source, SQUARE, 'letterbox')).toEqual(placed);
});

it('stretches a picture over all of the target', () => {
  expect(placeImage({ width: 1280, height: 720 }, SQUARE, 'stretch')).toEqual({ x: 0, y: 0, ...SQUARE });
});
