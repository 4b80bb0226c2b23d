import type { ResultsWarning } from '../../src/results/results-document.ts';
import {
  type ExtractionOptions,
  extractFrames,
  type SampledFrame,
} from '../../worker/frames/extract-frames.ts';
import type { FfmpegBinaries } from '../../worker/frames/ffmpeg-binaries.ts';
import { STAND_IN_FRAME_SIDE } from './stand-in.ts';
import { neverAborted, probe, testBinaries } from './video-tools.ts';

/** What an extraction delivered, and what it told of the video. */
export interface ExtractionWithWarnings {
  frames: SampledFrame[];
  warnings: ResultsWarning[];
}

/** Extracts every frame of a video, shrunk, unless `options` say otherwise; `programs` stand in for the real ones. */
export async function extractWithWarnings(
  path: string,
  options: Partial<ExtractionOptions> = {},
  programs: Partial<FfmpegBinaries> = {},
): Promise<ExtractionWithWarnings> {
  const extracted: ExtractionWithWarnings = { frames: [], warnings: [] };
  const extraction = extractFrames({ ...(await testBinaries()), ...programs }, path, await probe(path), {
    samplesPerSecond: 1000,
    maxFrames: 10_000,
    maxSeconds: 60,
    maxFrameSide: STAND_IN_FRAME_SIDE,
    signal: neverAborted(),
    onWarning: (warning) => extracted.warnings.push(warning),
    ...options,
  });
  for await (const frame of extraction) extracted.frames.push(frame);
  return extracted;
}
