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

/**
 * Pictures of exactly the input's size as the tensor [pictures, height, width, 3] that the graph takes. The caller disposes
 * of it.
 */
export function pictureTensor(images: readonly RgbImage[], input: ModelManifest['input']): Tensor {
  const { height, width } = input;
  const [first] = images;
  let data = first?.data ?? new Uint8Array();
  if (images.length > 1) {
    data = new Uint8Array(images.length * height * width * 3);
    for (const [index, image] of images.entries()) data.set(image.data, index * height * width * 3);
  }
  const channels = normalise[input.normalisation](data);
  const dtype = channels instanceof Int32Array ? 'int32' : 'float32';
  return tensor(channels, [images.length, height, width, 3], dtype);
}
