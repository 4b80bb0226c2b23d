import type { RgbImage } from '../rgb-image.ts';

const CHANNELS = 3;

/**
 * Stretches a frame to `width` x `height` pixels; returns its channels row by row as integers 0..255.
 *
 * Bilinear interpolation with TensorFlow's default sampling (corners not aligned, no half-pixel centres), which
 * is what detection models of the TensorFlow object detection API were trained with. It is done here and not by
 * the backend, because a backend would first copy the whole frame into its memory, four bytes a channel.
 */
export function resizeImage(frame: RgbImage, width: number, height: number): Int32Array {
  const resized = new Int32Array(width * height * CHANNELS);
  const columns = interpolationSteps(frame.width, width);
  const rows = interpolationSteps(frame.height, height);
  const { data } = frame;
  let target = 0;
  for (const row of rows) {
    const upper = row.from * frame.width;
    const lower = row.to * frame.width;
    for (const column of columns) {
      const upperLeft = (upper + column.from) * CHANNELS;
      const upperRight = (upper + column.to) * CHANNELS;
      const lowerLeft = (lower + column.from) * CHANNELS;
      const lowerRight = (lower + column.to) * CHANNELS;
      for (let channel = 0; channel < CHANNELS; channel += 1) {
        const top = mix(data[upperLeft + channel] ?? 0, data[upperRight + channel] ?? 0, column.share);
        const bottom = mix(data[lowerLeft + channel] ?? 0, data[lowerRight + channel] ?? 0, column.share);
        resized[target] = Math.round(mix(top, bottom, row.share));
        target += 1;
      }
    }
  }
  return resized;
}

/** For each pixel of the result along one side: the two of the source it lies between, and how near the second. */
function interpolationSteps(sourceSize: number, size: number): { from: number; to: number; share: number }[] {
  return Array.from({ length: size }, (_, index) => {
    const position = (index * sourceSize) / size;
    const from = Math.floor(position);
    return { from, to: Math.min(from + 1, sourceSize - 1), share: position - from };
  });
}

function mix(first: number, second: number, share: number): number {
  return first + (second - first) * share;
}
