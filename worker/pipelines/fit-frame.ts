import type { DetectorFrame, DetectorInput } from '../detection/object-detector.ts';
import { placeImage } from '../fit-image.ts';
import type { RgbImage } from '../rgb-image.ts';

const CHANNELS = 3;

/** Brightness of the bars beside a letterboxed picture: what YOLO models were trained with. */
const BAR = 114;

/**
 * Fits a frame into a detector's input, pixel by pixel.
 *
 * Bilinear interpolation with TensorFlow's default sampling (corners not aligned, no half-pixel centres), which
 * is what detection models of the TensorFlow object detection API were trained with.
 */
export function fitFrame(frame: RgbImage, input: DetectorInput): DetectorFrame {
  const { width, height } = input;
  const placed = placeImage(frame, input, input.fit);
  const fitted = new Uint8Array(new SharedArrayBuffer(width * height * CHANNELS)).fill(BAR);
  const columns = interpolationSteps(frame.width, placed.width);
  const rows = interpolationSteps(frame.height, placed.height);
  const { data } = frame;
  rows.forEach((row, index) => {
    const upper = row.from * frame.width;
    const lower = row.to * frame.width;
    let target = ((placed.y + index) * width + placed.x) * CHANNELS;
    for (const column of columns) {
      const upperLeft = (upper + column.from) * CHANNELS;
      const upperRight = (upper + column.to) * CHANNELS;
      const lowerLeft = (lower + column.from) * CHANNELS;
      const lowerRight = (lower + column.to) * CHANNELS;
      for (let channel = 0; channel < CHANNELS; channel += 1) {
        const top = mix(data[upperLeft + channel] ?? 0, data[upperRight + channel] ?? 0, column.share);
        const bottom = mix(data[lowerLeft + channel] ?? 0, data[lowerRight + channel] ?? 0, column.share);
        fitted[target] = Math.round(mix(top, bottom, row.share));
        target += 1;
      }
    }
  });
  return {
    image: { width, height, data: fitted },
    source: { width: frame.width, height: frame.height },
  };
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
