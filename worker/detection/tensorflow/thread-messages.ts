import { z } from 'zod';
import type { ErrorCode } from '../../../src/error-codes.ts';
import type { Detection } from '../../../src/results/results-document.ts';
import { manifestSchema } from '../models/manifest.ts';
import type { DetectorFrame } from '../object-detector.ts';

const backendNames = ['tensorflow', 'wasm', 'cpu'] as const;

/** What a detector thread is started with, as its worker data. */
export const threadSetupSchema = z.object({
  directory: z.string(),
  manifest: manifestSchema,
  /** The only backend to try; otherwise the first that works of all. */
  backend: z.enum(backendNames).optional(),
  /** How many frames a request may have at most, where model and backend gain by several. */
  maxBatch: z.int().positive(),
});

/** What a detector thread is started with. */
export type ThreadSetup = z.infer<typeof threadSetupSchema>;

/** A TensorFlow.js backend by the name it registers itself under. */
export type BackendName = (typeof backendNames)[number];

/** All backends, in the order in which they are tried: the fastest comes first. */
export const backendOrder: readonly BackendName[] = backendNames;

/** A frame, and how sure of its detections one has to be. */
export interface FrameRequest extends DetectorFrame {
  /** 0..1 */
  minConfidence: number;
}

/** Asks a thread for the detections on frames; the pixels stay in shared memory. */
export interface DetectRequest {
  /** Comes back with the answer. */
  id: number;
  /** No more than the thread's `batchSize`; they go through the model together. */
  frames: readonly FrameRequest[];
}

/** The thread's model runs; sent once. */
export interface ReadyReport {
  kind: 'ready';
  backend: BackendName;
  /** Why each backend that stands before this one was passed over. */
  passedOver: string[];
  /** How many frames a request may have; 1 where several gain nothing, or the graph takes one alone. */
  batchSize: number;
}

/** The thread cannot start, and ends. Errors travel as text, since their class would not survive the journey. */
export interface StartFailedReport {
  kind: 'start-failed';
  code: ErrorCode;
  message: string;
  stack: string;
}

/** What the thread found on the frames of the request `id`. */
export interface DetectedReport {
  kind: 'detected';
  id: number;
  /** For each frame, in their order. */
  detections: Detection[][];
  /** Milliseconds from the request's arrival to this answer. */
  elapsedMs: number;
  /** How many tensors live on the thread between two requests: a number that grows is a leak. */
  tensorCount: number;
}

/** Whatever a detector thread says. */
export type ThreadReport = ReadyReport | StartFailedReport | DetectedReport;
