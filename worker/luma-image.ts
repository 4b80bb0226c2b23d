/** One frame's brightness: 8 bits a pixel, 0 black to 255 white, rows from the top, `width * height` bytes. */
export interface LumaImage {
  width: number;
  height: number;
  /** Backed by memory that other threads may read at the same time; nobody writes to it once it is handed over. */
  data: Uint8Array<SharedArrayBuffer>;
}
