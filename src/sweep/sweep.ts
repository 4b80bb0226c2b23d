import type { DataSource } from 'typeorm';
import type { Logger } from '../logger.ts';

/** One kind of thing that a sweep puts right. Each step is harmless whoever else runs it at the same time. */
export interface SweepStep {
  /** Names the step in reports and in the log. */
  name: string;
  /** This process runs the step again no sooner than after so many milliseconds; with every pass when left out. */
  everyMs?: number;
  /** Resolves to how many things were put right. May stop early when the signal is aborted. */
  run(signal: AbortSignal): Promise<number>;
}

/** How many things each step put right; a step that failed or was not due is missing. */
export type SweepReport = Record<string, number>;

/** Runs one pass; null when another process is in the middle of one. */
export type Sweep = (signal?: AbortSignal) => Promise<SweepReport | null>;

/**
 * Makes the sweep of `steps`, which are run in their order, under a lock in the database: of all processes, one sweeps
 * at a time. The lock saves work and is not what makes sweeping safe: who loses the connection that holds it, goes on.
 * A step that fails is logged and tried again with the next pass; the others are run all the same.
 */
export function createSweep(deps: {
  dataSource: DataSource;
  steps: readonly SweepStep[];
  logger: Logger;
}): Sweep {
  const { dataSource, steps, logger } = deps;
  /** When each step may run again, in milliseconds of `performance.now()`. */
  const dueAt = new Map<string, number>();

  const runSteps = async (signal: AbortSignal): Promise<SweepReport> => {
    const report: SweepReport = {};
    for (const step of steps) {
      const { name, everyMs = 0 } = step;
      const now = performance.now();
      if (signal.aborted || now < (dueAt.get(name) ?? 0)) continue;
      try {
        report[name] = await step.run(signal);
        dueAt.set(name, now + everyMs);
      } catch (error) {
        logger.warn({ step: name, err: error }, `the sweep's step ${name} failed; it is tried again`);
      }
    }
    const done = Object.entries(report).filter(([, count]) => count > 0);
    if (done.length > 0) logger.info(Object.fromEntries(done), 'swept');
    return report;
  };

  return (signal = new AbortController().signal) =>
    // The lock ends with the transaction, and so with the process, however that ends. The steps have their own.
    dataSource.transaction(async (transaction) => {
      // Nothing is asked in it while the steps run, and walking over all files may take long.
      const [lock] = await transaction.query<{ taken: boolean }[]>(
        `SELECT set_config('idle_in_transaction_session_timeout', '1h', true),
          pg_try_advisory_xact_lock(hashtextextended('foregsyte sweep', 0)) AS taken`,
      );
      return lock?.taken === true ? runSteps(signal) : null;
    });
}
