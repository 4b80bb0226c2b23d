import type { Readable } from 'node:stream';
import { cutFrames } from './cut-frames.ts';
import { type Picture, pictureBytes, type PictureRequest, type Pictures } from './pictures.ts';

/** Reads the pictures of one frame after the other. */
export interface PictureCutter<Name extends string> {
  /** The next frame's; undefined when a stream has ended. */
  next(): Promise<Pictures<Name> | undefined>;
  /** Gives the memory of pictures that nobody looks at any more to the frames that come. */
  recycle(pictures: Pictures<Name>): void;
}

/**
 * Cuts streams of raw pictures, one for each request and in their order, which show the same frames. They are read side
 * by side, so that a writer of all of them never waits for one that is not read.
 */
export function createPictureCutter<Name extends string>(
  streams: readonly Readable[],
  requests: readonly PictureRequest<Name>[],
): PictureCutter<Name> {
  const cuts = requests.map((request, index) => {
    const stream = streams[index];
    if (stream === undefined) throw new RangeError('Each picture needs a stream of its own.');
    const spare: Picture['data'][] = [];
    return { request, spare, frames: cutFrames(stream, pictureBytes(request), () => spare.pop()) };
  });
  return {
    async next() {
      const found: Partial<Record<Name, Picture>> = {};
      await Promise.all(
        cuts.map(async ({ request: { name, width, height }, frames }) => {
          const { value } = await frames.next();
          if (value !== undefined) found[name] = { width, height, data: value };
        }),
      );
      return isComplete(found, requests) ? found : undefined;
    },
    recycle(pictures) {
      for (const { request, spare } of cuts) spare.push(pictures[request.name].data);
    },
  };
}

function isComplete<Name extends string>(
  found: Partial<Record<Name, Picture>>,
  requests: readonly PictureRequest<Name>[],
): found is Record<Name, Picture> {
  return requests.every(({ name }) => found[name] !== undefined);
}
