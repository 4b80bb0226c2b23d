import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../logger.ts';
import { untilAborted } from '../run-until-stopped.ts';
import { startServiceProcess, type ProcessEnd } from './service-process.ts';

/** The exit code by which a child asks to be replaced by a fresh one at once: EX_TEMPFAIL of sysexits.h. */
export const REPLACE_ME = 75;

/** How long to wait before a child that ended by itself is started again, in milliseconds. */
export interface RestartDelays {
  /** After the first end; doubled with each further one. */
  firstMs: number;
  longestMs: number;
  /** A child that was ready for so long has proved itself: the next delay is the first again. */
  resetAfterMs: number;
}

const DELAYS: RestartDelays = { firstMs: 1_000, longestMs: 30_000, resetAfterMs: 60_000 };

/** What is supervised, and how. */
export interface SupervisionOptions {
  /** Of the child, for messages. */
  name: string;
  /** The child's JavaScript file. */
  entry: string;
  environment: NodeJS.ProcessEnv;
  logger: Logger;
  stopping: AbortSignal;
  /** Milliseconds that the child gets for ending when it is told to stop. */
  graceMs: number;
  /** Called with what the first child says when it is ready. */
  onReady(said: string): void;
  delays?: RestartDelays;
}

/**
 * Keeps one child process running until `stopping` is aborted, and then ends it. A child that ends by itself is started
 * again, with growing delays; one that exits with REPLACE_ME, at once.
 * @throws AppError TOOL_UNAVAILABLE when the very first child ends before it was ready: it would fail again.
 */
export async function supervise(options: SupervisionOptions): Promise<void> {
  const { name, entry, environment, logger, stopping, graceMs, delays = DELAYS } = options;
  const stopped = untilAborted(stopping);
  let wasEverReady = false;
  let nextDelayMs = delays.firstMs;

  /** Runs one child to its end; null when it was told to stop. */
  const runChild = async (): Promise<ProcessEnd | null> => {
    const child = await startServiceProcess({ name, entry, environment, signal: stopping });
    const readyAt = performance.now();
    logger.info({ childPid: child.pid }, `the ${name} runs`);
    if (!wasEverReady) options.onReady(child.ready);
    wasEverReady = true;
    await Promise.race([child.exited, stopped]);
    if (performance.now() - readyAt >= delays.resetAfterMs) nextDelayMs = delays.firstMs;
    if (!stopping.aborted) return child.exited;
    await child.stop(graceMs);
    if ((await child.exited).signal === 'SIGKILL') {
      logger.warn(`the ${name} did not end within ${graceMs} ms and was killed`);
    }
    return null;
  };

  /** Whether the child asked for a successor; any other end is logged. */
  const runToItsEnd = async (): Promise<boolean> => {
    try {
      const end = await runChild();
      if (end === null || end.exitCode === REPLACE_ME) return true;
      logger.error({ ...end, restartInMs: nextDelayMs }, `the ${name} ended by itself and is started again`);
    } catch (error) {
      if (stopping.aborted) return true;
      if (!wasEverReady) throw error;
      logger.error(
        { err: error, restartInMs: nextDelayMs },
        `the ${name} did not start and is started again`,
      );
    }
    return false;
  };

  while (!stopping.aborted) {
    if (await runToItsEnd()) continue;
    // Ends early when stopping: that is no error.
    await delay(nextDelayMs, undefined, { signal: stopping }).catch(() => {});
    nextDelayMs = Math.min(nextDelayMs * 2, delays.longestMs);
  }
}
