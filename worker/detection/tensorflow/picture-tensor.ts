import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { RgbImage } from '../../rgb-image.ts';
import type { ModelManifest } from '../models/manifest.ts';

/** Turns channels 0..255 into what the graph expects of them, as the very array that becomes the tensor. */
const normalise: Readonly<
  Record<ModelManifest['input']['normalisation'], (channels: Uint8Array) => Int32Array | Float32Array>
> = {
  int32_0_255: (channels) => new Int32Array(channels),
  float32_0_255: (channels) => new Float32Array(channels),
  float32_0_1: toFractions,
};

function toFractions(channels: Uint8Array): Float32Array {
  const fractions = new Float32Array(channels.length);
  for (let index = 0; index < channels.length; index += 1) fractions[index] = (channels[index] ?? 0) / 255;
  return fractions;
}

/** A picture of exactly the input's size as the tensor [1, height, width, 3] that the graph takes. The caller disposes of it. */
export function pictureTensor({ data }: RgbImage, input: ModelManifest['input']): Tensor {
  const channels = normalise[input.normalisation](data);
  const dtype = channels instanceof Int32Array ? 'int32' : 'float32';
  return tensor(channels, [1, input.height, input.width, 3], dtype);
}
