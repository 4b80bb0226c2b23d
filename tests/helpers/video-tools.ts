import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot, readConfig } from '../../src/config.ts';
import { createSilentLogger } from '../../src/logger.ts';
import { type ExtractionOptions, extractFrames } from '../../worker/frames/extract-frames.ts';
import { type FfmpegBinaries, findFfmpegBinaries } from '../../worker/frames/ffmpeg-binaries.ts';
import { deliveredSize } from '../../worker/frames/frame-sampling.ts';
import type { Picture, PictureRequest } from '../../worker/frames/pictures.ts';
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

const knownFacts = new Map<string, Promise<VideoFacts>>();

/** The facts of a video as probe() finds them, once for as long as the file stays as it is. */
async function factsOf(path: string): Promise<VideoFacts> {
  const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
  const key = `${path} ${size} ${mtimeMs}`;
  const facts = knownFacts.get(key) ?? probe(path);
  knownFacts.set(key, facts);
  return facts;
}

/** A signal that nobody aborts. */
export function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

/** Probes a video within WIDE_LIMITS. */
export async function probe(path: string): Promise<VideoFacts> {
  return probeVideo(await testBinaries(), path, WIDE_LIMITS, neverAborted());
}

/** What tests say of an extraction; coloured pictures as large as displayed, up to a longest side of 1280. */
export interface TestExtraction extends Partial<Omit<ExtractionOptions<'image'>, 'pictures'>> {
  maxFrameSide?: number;
}

/** A frame with its coloured picture. */
export interface ImageFrame {
  frameIndex: number;
  timestampMs: number;
  image: Picture;
}

/** The request for coloured pictures of a video. */
export function colourPicture(facts: VideoFacts, maxFrameSide = 1280): PictureRequest<'image'> {
  return { name: 'image', pixels: 'rgb24', fit: 'stretch', ...deliveredSize(facts.media, maxFrameSide) };
}

/** Starts extracting; every frame unless `options` say otherwise. */
export async function startExtraction(
  path: string,
  options: TestExtraction = {},
  programs: Partial<FfmpegBinaries> = {},
): Promise<AsyncGenerator<ImageFrame, void, undefined>> {
  const facts = await factsOf(path);
  return extractImages({ ...(await testBinaries()), ...programs }, path, facts, options);
}

/** As startExtraction, for a video whose facts are known, or pretended. */
export async function* extractImages(
  binaries: FfmpegBinaries,
  path: string,
  facts: VideoFacts,
  { maxFrameSide, ...options }: TestExtraction = {},
): AsyncGenerator<ImageFrame, void, undefined> {
  const defaults = { samplesPerSecond: 1000, maxFrames: 10_000, maxSeconds: 60, signal: neverAborted() };
  const pictures = [colourPicture(facts, maxFrameSide)];
  const frames = extractFrames(binaries, path, facts, { ...defaults, ...options, pictures });
  for await (const { frameIndex, timestampMs, pictures: made } of frames) {
    yield { frameIndex, timestampMs, image: made.image };
  }
}

/** Everything an extraction delivers. */
export async function extractAll(path: string, options: TestExtraction = {}): Promise<ImageFrame[]> {
  const frames: ImageFrame[] = [];
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
