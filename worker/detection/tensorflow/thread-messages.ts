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
});

/** What a detector thread is started with. */
export type ThreadSetup = z.infer<typeof threadSetupSchema>;

/** A TensorFlow.js backend by the name it registers itself under. */
export type BackendName = (typeof backendNames)[number];

/** All backends, in the order in which they are tried: the fastest comes first. */
export const backendOrder: readonly BackendName[] = backendNames;

/** Asks a thread for the detections on one frame; the pixels stay in shared memory and are not copied. */
export interface DetectRequest extends DetectorFrame {
  /** Comes back with the answer. */
  id: number;
  /** 0..1 */
  minConfidence: number;
}

/** The thread's model runs; sent once. */
export interface ReadyReport {
  kind: 'ready';
  backend: BackendName;
  /** Why each backend that stands before this one was passed over. */
  passedOver: string[];
}

/** The thread cannot start, and ends. Errors travel as text, since their class would not survive the journey. */
export interface StartFailedReport {
  kind: 'start-failed';
  code: ErrorCode;
  message: string;
  stack: string;
}

/** What the thread found on the frame of the request `id`. */
export interface DetectedReport {
  kind: 'detected';
  id: number;
  detections: Detection[];
  /** Milliseconds from the request's arrival to this answer. */
  elapsedMs: number;
  /** How many tensors live on the thread between two images: a number that grows is a leak. */
  tensorCount: number;
}

/** Whatever a detector thread says. */
export type ThreadReport = ReadyReport | StartFailedReport | DetectedReport;
