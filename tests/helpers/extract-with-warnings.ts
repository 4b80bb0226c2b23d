import type { ResultsWarning } from '../../src/results/results-document.ts';
import type { FfmpegBinaries } from '../../worker/frames/ffmpeg-binaries.ts';
import { STAND_IN_FRAME_SIDE } from './stand-in.ts';
import { type ImageFrame, startExtraction, type TestExtraction } from './video-tools.ts';

/** What an extraction delivered, and what it told of the video. */
export interface ExtractionWithWarnings {
  frames: ImageFrame[];
  warnings: ResultsWarning[];
}

/** Extracts every frame of a video, shrunk, unless `options` say otherwise; `programs` stand in for the real ones. */
export async function extractWithWarnings(
  path: string,
  options: TestExtraction = {},
  programs: Partial<FfmpegBinaries> = {},
): Promise<ExtractionWithWarnings> {
  const extracted: ExtractionWithWarnings = { frames: [], warnings: [] };
  const onWarning = (warning: ResultsWarning) => extracted.warnings.push(warning);
  const all = { maxFrameSide: STAND_IN_FRAME_SIDE, onWarning, ...options };
  for await (const frame of await startExtraction(path, all, programs)) extracted.frames.push(frame);
  return extracted;
}
