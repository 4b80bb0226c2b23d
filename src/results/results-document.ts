import type { SamplingMode } from '../jobs/sampling-modes.ts';

/** Version of the results document's shape; it grows when a reader of the older shape would break. */
export const SCHEMA_VERSION = 1;

/** Normalised to the frame: every value 0..1, x and y from the top left corner. */
export interface BoundingBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One object seen on one frame. */
export interface Detection {
  label: string;
  /** 0..1 */
  confidence: number;
  box: BoundingBox;
}

/** One detection and the track it belongs to. */
export interface TrackedDetection extends Detection {
  /** Id of an ObjectTrack of the same document. */
  trackId: number;
}

/** One line of text read on one frame. */
export interface TextLine {
  text: string;
  /** How sure the engine is of what it read (recognition confidence), 0..1. */
  confidence: number;
  /**
   * How sure it is that there is text in this place, whatever it says, 0..1. Missing in documents from before it was
   * measured.
   */
  detectionConfidence?: number;
  box: BoundingBox;
}

/** What was seen and read on one sampled frame. */
export interface FrameResult {
  /** Index of the frame in the whole video, from 0 in order of presentation. */
  frameIndex: number;
  /** Presentation timestamp in integer milliseconds. */
  timestampMs: number;
  detections: TrackedDetection[];
  texts: TextLine[];
  /** Index of the earlier frame which this one looks like, and whose detections and texts these are. */
  reusedFromFrame?: number;
  /**
   * Whether the frame is the first sampled one of another scene than the one before: no track goes on from there. Missing in
   * documents from before cuts were looked for.
   */
  sceneCut?: boolean;
}

/** Where one object was seen at one time. */
export interface TrackPoint {
  /** Presentation timestamp in integer milliseconds. */
  timestampMs: number;
  box: BoundingBox;
}

/** One object followed over neighbouring sampled frames. */
export interface ObjectTrack {
  /** Stable within the document, from 1. */
  trackId: number;
  label: string;
  firstSeenMs: number;
  lastSeenMs: number;
  /** Number of sampled frames the object was detected on. */
  sampleCount: number;
  bestConfidence: number;
  /** The frame of the best confidence, and the object's box there. */
  bestFrameIndex: number;
  bestBox: BoundingBox;
  /**
   * Where it went, from `firstSeenMs` to `lastSeenMs`, in at most 64 sightings: interpolation between them, linear in
   * time, gives the others to a hundredth of the frame, more coarsely where that would take more of them. Every single
   * box is among the frames' detections. Missing in documents from before there were paths.
   */
  path?: TrackPoint[];
}

/** One text that stood in the picture over neighbouring sampled frames. */
export interface TextSegment {
  text: string;
  startMs: number;
  endMs: number;
  sampleCount: number;
  /** Confidence of the best reading. */
  bestConfidence: number;
  /**
   * How sure it is that there was text in this place, whatever it says: the mean of the lines' detection confidences. Missing
   * in documents from before it was measured.
   */
  detectionConfidence?: number;
  /** The mean confidence of the readings that say this very text. Missing in documents from before it was told apart. */
  recognitionConfidence?: number;
  /** Where the best reading stood. */
  box: BoundingBox;
}

/** All tracks of one label together. */
export interface LabelSummary {
  label: string;
  trackCount: number;
  detectionCount: number;
  firstSeenMs: number;
  lastSeenMs: number;
  bestConfidence: number;
}

/** Facts of the container and of the video track that was analysed. */
export interface MediaInfo {
  container: string;
  videoCodec: string;
  /** Pixels, as displayed (after rotation). */
  width: number;
  height: number;
  durationMs: number;
  /** Mean frames a second. */
  framesPerSecond: number;
  frameCount: number;
  hasAudio: boolean;
}

/** The data by which the text of one language was read. */
export interface LanguageData {
  /** Tesseract code. */
  language: string;
  /** SHA-256 of its file, hex. */
  sha256: string;
  /** Whether it came with the product; false for a file of the operator's. */
  bundled: boolean;
}

/** What made the results: enough to make them again. */
export interface Provenance {
  detection: {
    model: string;
    version: string;
    /** SHA-256 of the model's files, hex. */
    sha256: string;
    backend: string;
    minConfidence: number;
    /** The only labels that were wanted; empty for all. Missing in documents from before there was a choice: all. */
    labels?: string[];
  };
  ocr: {
    engine: string;
    version: string;
    /** Tesseract codes, the main one first. */
    languages: string[];
    /** One for each of the languages, in their order. Missing in documents from before it was noted. */
    languageData?: LanguageData[];
    minConfidence: number;
  };
  sampling: {
    /** How the frames were chosen. Missing in documents from before there was a choice: uniform. */
    mode?: SamplingMode;
    samplesPerSecond: number;
    sampledFrames: number;
    /**
     * Timestamps, in milliseconds, between which the frames were looked at; `endMs` is null for the end of the video.
     * Missing in documents from before there was a choice: the whole video.
     */
    startMs?: number;
    endMs?: number | null;
  };
  /** Whether unchanged frames were analysed again. Missing in documents from before there was a choice: they were. */
  reuse?: { unchanged: boolean; threshold: number };
  tools: { foregsyte: string; ffmpeg: string };
}

/** Milliseconds; stages overlap, so their sum can exceed `totalMs`. */
export interface Timing {
  /** Of the attempt that completed the job. The stages count frames of earlier attempts too, where it went on from those. */
  totalMs: number;
  /** Time spent waiting for ffmpeg's next frame. */
  decodeMs: number;
  /** Summed over frames, as the detector's threads took. */
  detectMs: number;
  /** Summed over frames, as the text reader's threads took. */
  ocrMs: number;
  /** Time spent writing frames and the document. */
  storeMs: number;
}

/** VIDEO_DAMAGED: some pictures are missing or spoilt. VIDEO_TRUNCATED: the end of the video is missing. */
export const RESULTS_WARNING_CODES = ['VIDEO_DAMAGED', 'VIDEO_TRUNCATED'] as const;

/** Something wrong with a video that was analysed all the same. */
export interface ResultsWarning {
  code: (typeof RESULTS_WARNING_CODES)[number];
  /** A sentence for people, the same for every video. */
  message: string;
}

/** The small part of a results document that stands before the frames. */
export interface ResultsHead {
  schemaVersion: typeof SCHEMA_VERSION;
  jobId: string;
  pipelineId: string;
  media: MediaInfo;
  models: Provenance;
  labels: LabelSummary[];
  /** Each code at most once. Missing in documents from before there were warnings. */
  warnings?: ResultsWarning[];
}

/** The whole document as a reader of the JSON file finds it. */
export interface ResultsDocument extends ResultsHead {
  results: FrameResult[];
  tracks: ObjectTrack[];
  textSegments: TextSegment[];
  timing: Timing;
}
