import type { LumaImage } from '../luma-image.ts';

/** The picture at another size, no larger: each pixel is the mean of those it stands for. */
export function shrinkLuma(image: LumaImage, width: number, height: number): LumaImage {
  const data = new Uint8Array(new SharedArrayBuffer(width * height));
  for (let y = 0; y < height; y += 1) {
    const [top, bottom] = spanOf(y, height, image.height);
    for (let x = 0; x < width; x += 1) {
      const [left, right] = spanOf(x, width, image.width);
      let sum = 0;
      for (let row = top; row < bottom; row += 1) {
        for (let index = row * image.width + left; index < row * image.width + right; index += 1) {
          sum += image.data[index] ?? 0;
        }
      }
      data[y * width + x] = Math.round(sum / ((right - left) * (bottom - top)));
    }
  }
  return { width, height, data };
}

/** Which of `source` pixels in a row the pixel at `index` of `target` stands for: one at least. */
function spanOf(index: number, target: number, source: number): [from: number, to: number] {
  const from = Math.floor((index * source) / target);
  return [from, Math.max(from + 1, Math.floor(((index + 1) * source) / target))];
}
