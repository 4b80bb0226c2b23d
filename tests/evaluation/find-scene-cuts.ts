import { extractFrames } from '../../worker/frames/extract-frames.ts';
import { deliveredSize } from '../../worker/frames/frame-sampling.ts';
import type { LumaImage } from '../../worker/luma-image.ts';
import { createSceneCuts } from '../../worker/scenes/scene-cuts.ts';
import { neverAborted, probe, testBinaries } from '../helpers/video-tools.ts';

/** The pictures in which the pipeline looks for cuts, with their times in milliseconds. */
export async function* sampleThumbnails(
  path: string,
  samplesPerSecond: number,
): AsyncGenerator<{ timestampMs: number; thumbnail: LumaImage }> {
  const facts = await probe(path);
  const size = deliveredSize(facts.media, 320);
  const frames = extractFrames(await testBinaries(), path, facts, {
    pictures: [{ name: 'thumbnail', pixels: 'gray', fit: 'stretch', ...size }],
    samplesPerSecond,
    maxFrames: 100_000,
    maxSeconds: 600,
    signal: neverAborted(),
  });
  for await (const { timestampMs, pictures } of frames) {
    yield { timestampMs, thumbnail: pictures.thumbnail };
  }
}

/** At which of the sampled times, in milliseconds, another scene begins. */
export async function findSceneCuts(path: string, samplesPerSecond: number): Promise<number[]> {
  const cuts = createSceneCuts();
  const found: number[] = [];
  for await (const { timestampMs, thumbnail } of sampleThumbnails(path, samplesPerSecond)) {
    if (cuts.next(thumbnail).sceneCut) found.push(timestampMs);
  }
  return found;
}
