import { randomInt } from 'node:crypto';
import { z } from 'zod';

/** How long a run is, what it does when, and the seed of everything that is left to chance. */
export interface SoakSettings {
  seed: string;
  /** Length of the run without its preparation and its accounting; each of the following counts from its beginning. */
  runMs: number;
  /** Nothing is submitted from then on. */
  submitUntilMs: number;
  /** Nothing is killed, and no job is canceled, retried or deleted, from then on. */
  disturbUntilMs: number;
  /** When the database is restarted. */
  restartsAtMs: readonly number[];
  /** By when, after the run, all jobs must be settled. */
  settleMs: number;
}

/** A run this long sees restarts of the database too. */
const LONG_RUN_MS = 300_000;

/** Reads SOAK_SECONDS (600 unless told) and SOAK_SEED (any text; a new one unless told). */
export function readSoakSettings(environment: NodeJS.ProcessEnv): SoakSettings {
  const seconds = z.coerce
    .number()
    .int()
    .min(30)
    .max(86_400)
    .parse(environment['SOAK_SECONDS'] ?? 600);
  const runMs = seconds * 1000;
  return {
    seed: environment['SOAK_SEED'] ?? String(randomInt(1_000_000)),
    runMs,
    submitUntilMs: Math.max(runMs * 0.5, runMs - 25_000),
    disturbUntilMs: Math.max(runMs * 0.5, runMs - 18_000),
    restartsAtMs: runMs >= LONG_RUN_MS ? [runMs * 0.3, runMs * 0.65] : [],
    settleMs: 180_000,
  };
}
