import { expect, it } from '@jest/globals';
import type { RawOutput } from '../../../worker/detection/heads/head.ts';
import { greyPicture } from '../../../worker/detection/grey-picture.ts';
import type { RgbImage } from '../../../worker/rgb-image.ts';
import { takesBatch } from '../../../worker/detection/tensorflow/takes-batch.ts';

const picture = greyPicture({ width: 2, height: 2 });
const answerFor = (image: RgbImage | undefined): RawOutput[] => [
  { shape: [1, 2], values: new Float32Array([image?.data[0] ?? 0, 0.5]) },
];
const runnerOf = (run: (images: readonly RgbImage[]) => RawOutput[][]) => ({
  run: (images: readonly RgbImage[]) => Promise.resolve().then(() => run(images)),
});

it('takes a graph that answers each picture of a batch as it answers it alone', async () => {
  const several = runnerOf((images) => images.map(answerFor));
  expect(await takesBatch(several, picture, 4)).toBe(true);
});

it.each<[string, (images: readonly RgbImage[]) => RawOutput[][]]>([
  ['gives all the answer of the first', (images) => images.map(() => answerFor(images[0]))],
  ['answers for one alone', (images) => [answerFor(images[0])]],
  ['gives less for each', (images) => images.map((image) => answerFor(image).slice(images.length - 1))],
])('refuses a graph that %s', async (_, run) => {
  expect(await takesBatch(runnerOf(run), picture, 4)).toBe(false);
});

it('refuses a graph that fails with several, and tries none where one is wanted', async () => {
  const single = runnerOf((images) => {
    if (images.length > 1) throw new Error('The shape must be [1,2,2,3].');
    return images.map(answerFor);
  });
  expect(await takesBatch(single, picture, 4)).toBe(false);
  const broken = runnerOf(() => {
    throw new Error('It must not be run.');
  });
  expect(await takesBatch(broken, picture, 1)).toBe(true);
});
