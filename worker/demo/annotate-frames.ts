import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameResult } from '../../src/results/results-document.ts';
import { extractFrames } from '../frames/extract-frames.ts';
import type { FfmpegBinaries } from '../frames/ffmpeg-binaries.ts';
import { deliveredSize } from '../frames/frame-sampling.ts';
import { probeVideo, type VideoLimits } from '../frames/probe-video.ts';
import { drawAnnotations } from './draw-annotations.ts';
import type { DrawableResults } from './read-results-file.ts';

/** What to draw, and the limits under which the video is decoded once more. */
export interface AnnotationRequest {
  videoPath: string;
  results: DrawableResults;
  /** Made when it is missing; files of the same names are replaced. */
  outputDirectory: string;
  maxFrames: number;
  limits: VideoLimits & { maxSeconds: number };
}

/** Longest side of a drawn frame, in pixels. */
const MAX_SIDE = 1280;

/**
 * Writes `frame-<timestampMs>.png` for some evenly spaced frames on which something was found; returns their paths.
 * @throws what probeVideo and extractFrames throw; the signal's reason when it is aborted.
 */
export async function annotateFrames(
  binaries: FfmpegBinaries,
  request: AnnotationRequest,
  signal: AbortSignal,
): Promise<string[]> {
  const chosen = chooseFrames(request.results.results, request.maxFrames);
  const wanted = new Map(chosen.map((frame) => [frame.timestampMs, frame]));
  await mkdir(request.outputDirectory, { recursive: true });
  const paths: string[] = [];
  if (wanted.size === 0) return paths;

  const facts = await probeVideo(binaries, request.videoPath, request.limits, signal);
  const shown = {
    name: 'shown',
    pixels: 'rgb24',
    fit: 'stretch',
    ...deliveredSize(facts.media, MAX_SIDE),
  } as const;
  const frames = extractFrames(binaries, request.videoPath, facts, {
    pictures: [shown],
    // Whatever the sampling was: frames are found by their timestamps.
    samplesPerSecond: Infinity,
    range: { startMs: 0, endMs: Math.max(...wanted.keys()) + 1 },
    maxFrames: Number.MAX_SAFE_INTEGER,
    maxSeconds: request.limits.maxSeconds,
    signal,
  });
  for await (const { timestampMs, pictures } of frames) {
    const frame = wanted.get(timestampMs);
    if (frame === undefined) continue;
    const path = join(request.outputDirectory, `frame-${timestampMs}.png`);
    await writeFile(path, await drawAnnotations(pictures.shown, frame), { signal });
    paths.push(path);
    if (paths.length === wanted.size) break;
  }
  return paths;
}

/** At most `maxFrames` of the frames that have something on them, spread evenly from the first to the last. */
export function chooseFrames(frames: readonly FrameResult[], maxFrames: number): FrameResult[] {
  const interesting = frames.filter(({ detections, texts }) => detections.length + texts.length > 0);
  const count = Math.min(maxFrames, interesting.length);
  const step = count > 1 ? (interesting.length - 1) / (count - 1) : 0;
  return Array.from({ length: count }, (_, index) => interesting[Math.round(index * step)]).filter(
    (frame) => frame !== undefined,
  );
}
