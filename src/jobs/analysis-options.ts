import type { OcrLanguage } from './ocr-languages.ts';
import type { SamplingMode } from './sampling-modes.ts';

/** How a video is to be analysed. Stored with the job and repeated in its results. */
export interface AnalysisOptions {
  /** How the frames that are looked at are chosen. */
  sampling: SamplingMode;
  /** Frames looked at per second of video; of no effect when all are. */
  samplesPerSecond: number;
  /** Least confidence of an object, 0..1. */
  minConfidence: number;
  /** Least confidence of a line of text, 0..1. */
  minTextConfidence: number;
  /** Only frames with timestamps from here on, in integer milliseconds. */
  startMs: number;
  /** Only frames with timestamps below this, in integer milliseconds; null for the end of the video. */
  endMs: number | null;
  /** Name of the detection model; null for the default one of the worker. */
  model: string | null;
  /** Only objects with these labels of the detection model, each once; empty for all. */
  labels: string[];
  /** Languages the text is in, each once, the main one first. */
  languages: OcrLanguage[];
  /** Whether a frame that shows what an earlier one showed gets its results instead of being analysed again. */
  reuseUnchanged: boolean;
  /** Difference of brightness, of 255, up to which a part of the picture counts as unchanged. */
  reuseThreshold: number;
}

/** The name of an option, as clients give it. */
export type AnalysisOptionName = keyof AnalysisOptions;

/** What each option is when the client does not say. */
export const ANALYSIS_DEFAULTS: Readonly<AnalysisOptions> = {
  samplesPerSecond: 1,
  sampling: 'uniform',
  minConfidence: 0.5,
  minTextConfidence: 0.6,
  startMs: 0,
  endMs: null,
  model: null,
  labels: [],
  languages: ['eng'],
  reuseUnchanged: true,
  reuseThreshold: 20,
};

/** The options as stored with a job, with the defaults of those that did not exist yet when it was submitted. */
export function completeStoredOptions(stored: Partial<AnalysisOptions>): AnalysisOptions {
  return { ...ANALYSIS_DEFAULTS, ...stored };
}
