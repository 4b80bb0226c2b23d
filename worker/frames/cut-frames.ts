import type { Readable } from 'node:stream';
import { isArrayBuffer } from 'node:util/types';

/**
 * Cuts a stream of raw pictures into frames of `frameBytes` each. Every frame has memory of its own that other
 * threads may read, or that of a frame that `spare` gives back; at most one frame is under construction, and the stream
 * is only read while a frame is wanted. An incomplete frame at the end is dropped. The chunks of the stream must be of no use
 * to anybody else.
 */
export async function* cutFrames(
  stream: Readable,
  frameBytes: number,
  spare: () => Uint8Array<SharedArrayBuffer> | undefined = () => undefined,
): AsyncGenerator<Uint8Array<SharedArrayBuffer>, void, undefined> {
  let frame: Uint8Array<SharedArrayBuffer> | undefined;
  let filled = 0;
  const chunks: AsyncIterable<unknown> = stream.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('Frames can only be cut from a stream of bytes.');
    for (let offset = 0; offset < chunk.length;) {
      frame ??= spare() ?? new Uint8Array(new SharedArrayBuffer(frameBytes));
      const part = chunk.subarray(offset, offset + frameBytes - filled);
      frame.set(part, filled);
      filled += part.length;
      offset += part.length;
      if (filled < frameBytes) continue;
      yield frame;
      frame = undefined;
      filled = 0;
    }
    release(chunk);
  }
}

/**
 * Frees the memory of a chunk, if it has all of it to itself. A stream makes new memory for each read, and whenever that adds
 * up to some tens of megabytes, the garbage collector goes through everything there is: several times a second here.
 */
function release({ buffer, byteLength }: Buffer): void {
  if (isArrayBuffer(buffer) && buffer.byteLength === byteLength) buffer.transfer(0);
}
