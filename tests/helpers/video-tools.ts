import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot, readConfig } from '../../src/config.ts';
import { createSilentLogger } from '../../src/logger.ts';
import {
  type ExtractionOptions,
  extractFrames,
  type SampledFrame,
} from '../../worker/frames/extract-frames.ts';
import { type FfmpegBinaries, findFfmpegBinaries } from '../../worker/frames/ffmpeg-binaries.ts';
import { probeVideo, type VideoFacts, type VideoLimits } from '../../worker/frames/probe-video.ts';

/** 640x360, 24 frames at 8 a second, four people, HELLO FOREGSYTE 42 from 500 ms until before 2500 ms. */
export const TINY_VIDEO = join(projectRoot, 'tests/fixtures/tiny.mp4');

/** Limits that no test video reaches. */
export const WIDE_LIMITS: VideoLimits = { maxDurationSeconds: 3600, maxFramePixels: 7680 * 4320 };

const run = promisify(execFile);
let found: Promise<FfmpegBinaries> | undefined;

/** The ffmpeg that the product would use here. */
export function testBinaries(): Promise<FfmpegBinaries> {
  found ??= findFfmpegBinaries(readConfig(), createSilentLogger());
  return found;
}

/** A signal that nobody aborts. */
export function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

/** Probes a video within WIDE_LIMITS. */
export async function probe(path: string): Promise<VideoFacts> {
  return probeVideo(await testBinaries(), path, WIDE_LIMITS, neverAborted());
}

/** Starts extracting; every frame unless `options` say otherwise. */
export async function startExtraction(
  path: string,
  options: Partial<ExtractionOptions> = {},
): Promise<AsyncGenerator<SampledFrame, void, undefined>> {
  const defaults = { samplesPerSecond: 1000, maxFrames: 10_000, maxSeconds: 60, signal: neverAborted() };
  return extractFrames(await testBinaries(), path, await probe(path), { ...defaults, ...options });
}

/** Everything an extraction delivers. */
export async function extractAll(
  path: string,
  options: Partial<ExtractionOptions> = {},
): Promise<SampledFrame[]> {
  const frames: SampledFrame[] = [];
  for await (const frame of await startExtraction(path, options)) frames.push(frame);
  return frames;
}

/** The presentation times in milliseconds of a track's frames as ffprobe decodes them: the truth to compare with. */
export async function decodedFrameTimes(path: string, streamIndex: number): Promise<number[]> {
  const { ffprobePath } = await testBinaries();
  const input = ['-v', 'error', '-f', 'mov', '-select_streams', String(streamIndex)];
  const entries = ['-show_entries', 'frame=best_effort_timestamp_time', '-of', 'csv=p=0'];
  const { stdout } = await run(ffprobePath, [...input, ...entries, path]);
  return stdout.split('\n').flatMap((line) => {
    const seconds = Number.parseFloat(line);
    return Number.isFinite(seconds) ? [seconds * 1000] : [];
  });
}
