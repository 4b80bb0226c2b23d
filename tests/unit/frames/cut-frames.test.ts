import { describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { cutFrames } from '../../../worker/frames/cut-frames.ts';

async function cut(chunks: number[][], frameBytes: number): Promise<number[][]> {
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const frames: number[][] = [];
  for await (const frame of cutFrames(stream, frameBytes)) frames.push([...frame]);
  return frames;
}

describe('cutFrames', () => {
  it.each([
    ['chunks smaller than a frame', [[1], [2, 3], [4, 5, 6]]],
    ['chunks that hold several frames', [[1, 2, 3, 4, 5, 6]]],
    ['chunks across the borders of frames', [[1, 2], [3, 4, 5], [6]]],
    ['an incomplete frame at the end, which is dropped', [[1, 2, 3, 4], [5, 6], [7]]],
  ])('cuts %s', async (_name, chunks) => {
    expect(await cut(chunks, 3)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it('frees the memory of each chunk, once all of it has been copied', async () => {
    const chunks = [1, 2].map((value) => Buffer.alloc(6, value));
    const frames = [];
    for await (const frame of cutFrames(Readable.from(chunks), 4)) {
      frames.push({ frame, left: chunks.map(({ length }) => length) });
    }
    expect(frames.map(({ frame }) => [...frame])).toEqual([
      [1, 1, 1, 1],
      [1, 1, 2, 2],
      [2, 2, 2, 2],
    ]);
    expect(frames.map(({ left }) => left)).toEqual([
      [6, 6],
      [0, 6],
      [0, 6],
    ]);
    expect(chunks.map(({ length }) => length)).toEqual([0, 0]);
  });

  it('leaves memory alone that a chunk shares with others', async () => {
    const memory = Buffer.alloc(6, 7);
    const frames = [];
    for await (const frame of cutFrames(Readable.from([memory.subarray(0, 3)]), 3)) frames.push([...frame]);
    expect(frames).toEqual([[7, 7, 7]]);
    expect([...memory]).toEqual([7, 7, 7, 7, 7, 7]);
  });

  it('leaves the stream to its owner when the consumer stops early', async () => {
    const stream = Readable.from([Buffer.from([1, 2]), Buffer.from([3, 4])]);
    for await (const frame of cutFrames(stream, 2)) {
      expect([...frame]).toEqual([1, 2]);
      break;
    }
    expect(stream.destroyed).toBe(false);
    stream.destroy();
  });
});
