import { Counter, Gauge, Histogram } from 'prom-client';
import type { Metrics } from './create-metrics.ts';
import type { WorkObserver } from './work-observer.ts';

/** In seconds: from a clip to a film, and from a small picture on a fast machine to a large one on a slow. */
const ATTEMPT_BUCKETS = [0.5, 1, 2.5, 5, 10, 30, 60, 150, 300, 600, 1_800, 3_600, 7_200, 14_400];
const FRAME_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Exports what a worker does. */
export function createWorkMetrics({ registry }: Metrics): WorkObserver {
  const registers = [registry];
  const running = new Gauge({
    name: 'foregsyte_attempts_running',
    help: 'Attempts in hand: 1 while the worker is busy.',
    registers,
  });
  const attempts = new Counter({
    name: 'foregsyte_attempts_total',
    help: 'Attempts that ended, by outcome and error code.',
    labelNames: ['outcome', 'code'],
    registers,
  });
  const attemptDurations = new Histogram({
    name: 'foregsyte_attempt_duration_seconds',
    help: 'Time from taking a job to noting how the attempt ended.',
    labelNames: ['outcome'],
    buckets: ATTEMPT_BUCKETS,
    registers,
  });
  const stageDurations = new Histogram({
    name: 'foregsyte_stage_duration_seconds',
    help: 'Time that an attempt spent in a stage; frames that are worked on at the same time count each.',
    labelNames: ['stage'],
    buckets: ATTEMPT_BUCKETS,
    registers,
  });
  const frames = new Counter({
    name: 'foregsyte_frames_total',
    help: 'Frames done, analysed or reused from a frame that looks alike.',
    labelNames: ['source'],
    registers,
  });
  const inferences = new Counter({
    name: 'foregsyte_inferences_total',
    help: 'Pictures that went through an engine: frames for detection, places that look like text for OCR.',
    labelNames: ['engine'],
    registers,
  });
  const inferenceDurations = new Histogram({
    name: 'foregsyte_inference_duration_seconds',
    help: 'Time that an engine worked on one frame.',
    labelNames: ['engine'],
    buckets: FRAME_BUCKETS,
    registers,
  });
  // Rates and ratios need both sides from the beginning, and not from the first time that each is met.
  for (const source of ['analysed', 'reused'] as const) frames.inc({ source }, 0);
  for (const engine of ['detection', 'ocr'] as const) inferences.inc({ engine }, 0);

  return {
    attemptBegan: () => running.inc(),
    attemptEnded({ outcome, code, elapsedMs }) {
      running.dec();
      attempts.inc({ outcome, code });
      attemptDurations.observe({ outcome }, elapsedMs / 1_000);
    },
    stagesTook(times) {
      for (const [stage, ms] of Object.entries(times)) stageDurations.observe({ stage }, ms / 1_000);
    },
    frameDone: (source) => frames.inc({ source }),
    frameInferred(engine, cost) {
      inferences.inc({ engine }, cost.inferences);
      inferenceDurations.observe({ engine }, cost.elapsedMs / 1_000);
    },
  };
}
