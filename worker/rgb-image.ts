/** One frame's pixels: 8-bit RGB, rows from the top, `width * height * 3` bytes. */
export interface RgbImage {
  width: number;
  height: number;
  /** Backed by memory that other threads may read at the same time; nobody writes to it once it is handed over. */
  data: Uint8Array<SharedArrayBuffer>;
}
