import type { AnalysisOptions } from '../../src/jobs/analysis-options.ts';
import type { PipelineId } from '../../src/jobs/pipeline-ids.ts';
import type {
  FrameResult,
  LabelSummary,
  MediaInfo,
  ObjectTrack,
  Provenance,
  ResultsWarning,
  TextSegment,
  Timing,
} from '../../src/results/results-document.ts';

/** What the caller of a pipeline does with what it finds; the pipeline waits for each call. */
export interface PipelineObserver {
  /** The file has been probed and will be analysed. */
  onMedia(media: MediaInfo): Promise<void>;
  /** The next sampled frame is done; frames come in order of time. */
  onFrame(frame: FrameResult): Promise<void>;
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
   * `options` are as stored with the job: those that did not exist when it was submitted are missing.
   * Throws AppErrors of the file's faults and of options that do not fit it, what the observer throws, or the signal's
   * reason.
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
