import type { DetectorFrame, DetectorInput } from '../../worker/detection/object-detector.ts';
import { extractFrames } from '../../worker/frames/extract-frames.ts';
import { neverAborted, probe, testBinaries } from './video-tools.ts';

/** A sampled frame of a video as a detector takes it. */
export interface TestDetectorFrame {
  frameIndex: number;
  timestampMs: number;
  frame: DetectorFrame;
}

/** The sampled frames of a video for a detector with that input, as the pipeline would give them. */
export async function* detectorFrames(
  path: string,
  input: DetectorInput,
  samplesPerSecond: number,
): AsyncGenerator<TestDetectorFrame, void, undefined> {
  const facts = await probe(path);
  const frames = extractFrames(await testBinaries(), path, facts, {
    pictures: [{ name: 'picture', pixels: 'rgb24', ...input }],
    samplesPerSecond,
    maxFrames: 100_000,
    maxSeconds: 600,
    signal: neverAborted(),
  });
  for await (const { frameIndex, timestampMs, pictures } of frames) {
    yield { frameIndex, timestampMs, frame: { image: pictures.picture, source: facts.media } };
  }
}

/** The first frame of a video for a detector with that input. */
export async function firstDetectorFrame(path: string, input: DetectorInput): Promise<DetectorFrame> {
  for await (const { frame } of detectorFrames(path, input, 1)) return frame;
  throw new Error(`There is no frame in ${path}.`);
}
