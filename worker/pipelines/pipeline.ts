import { z } from 'zod';
import type { AnalysisOptions } from '../../src/jobs/analysis-options.ts';
import type { PipelineId } from '../../src/jobs/pipeline-ids.ts';
import {
  RESULTS_WARNING_CODES,
  type FrameResult,
  type LabelSummary,
  type MediaInfo,
  type ObjectTrack,
  type Provenance,
  type ResultsWarning,
  type TextSegment,
  type Timing,
} from '../../src/results/results-document.ts';
import { storedLumaSchema } from './stored-luma.ts';
import { storedReuseStateSchema } from './stored-reuse-state.ts';

/** How far an analysis has come, beside the frames themselves: kept with them, so that another attempt can go on. */
export const pipelineProgressSchema = z.object({
  /** Milliseconds so far, over all attempts whose frames are kept. */
  timing: z.object({ decodeMs: z.number(), detectMs: z.number(), ocrMs: z.number() }),
  warnings: z.array(z.object({ code: z.enum(RESULTS_WARNING_CODES), message: z.string() })),
  /** What the next frame is compared with, where unchanged frames are not analysed again. */
  reuse: storedReuseStateSchema.exactOptional(),
  /** What the next frame has to look like to be of the same scene. */
  lastScene: storedLumaSchema.exactOptional(),
});

/** See pipelineProgressSchema. */
export type PipelineProgress = z.infer<typeof pipelineProgressSchema>;

/** Frames that earlier attempts at the same job have done, with the same engines and options. */
export interface EarlierWork {
  progress: PipelineProgress;
  frames: AsyncIterable<FrameResult>;
}

/** What the caller of a pipeline does with what it finds; the pipeline waits for each call. */
export interface PipelineObserver {
  /**
   * The file has been probed and will be analysed. `fingerprint` tells programs, models, data of languages and options
   * apart: frames of equal fingerprints may stand in the same results. Resolves to what earlier attempts of that
   * fingerprint left, or null.
   */
  onMedia(media: MediaInfo, fingerprint: string): Promise<EarlierWork | null>;
  /** The next sampled frame is done; frames come in order of time. */
  onFrame(frame: FrameResult, progress: PipelineProgress): Promise<void>;
}

/** What is known when the last frame is done. */
export interface PipelineOutcome {
  media: MediaInfo;
  models: Provenance;
  labels: LabelSummary[];
  tracks: ObjectTrack[];
  textSegments: TextSegment[];
  timing: Pick<Timing, 'decodeMs' | 'detectMs' | 'ocrMs'>;
  /** What is wrong with the video; each code at most once. */
  warnings: ResultsWarning[];
}

/** Turns a local video file into results. */
export interface Pipeline {
  readonly id: PipelineId;
  /**
   * `options` are as stored with the job: those that did not exist when it was submitted are missing. The outcome, and
   * the frames, are the same whether earlier work is gone on from or everything is done at once, apart from timings.
   * Throws AppErrors of the file's faults and of options that do not fit it or the worker, what the observer throws, or
   * the signal's reason.
   */
  run(
    filePath: string,
    options: Partial<AnalysisOptions>,
    observer: PipelineObserver,
    signal: AbortSignal,
  ): Promise<PipelineOutcome>;
}

/** One pipeline for each id that clients may ask for: a missing one does not compile. */
export type PipelineRegistry = { readonly [Id in PipelineId]: Pipeline & { readonly id: Id } };
