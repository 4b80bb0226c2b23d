import { readConfig, type Config } from './config.ts';
import { AppError } from './errors.ts';
import { createLogger, type Logger } from './logger.ts';
import { requireNode } from './require-node.ts';

/** What a long-running process gets to work with. */
export interface ProcessContext {
  config: Config;
  logger: Logger;
  /** Aborted when the process is told to stop. */
  stopping: AbortSignal;
}

/** How a process tells that it failed. There is no logger yet when the configuration is at fault. */
export type FailureReporter = (error: unknown, name: string, logger: Logger | undefined) => void;

/**
 * The frame of every entry point: reads the configuration, runs `main` until it returns, and sets the exit code.
 * SIGINT, SIGTERM and the end of a parent that started us abort `stopping`. Further signals change nothing, because
 * npm repeats the terminal's Ctrl-C: stopping takes bounded time, and must not leave a database behind.
 */
export async function runUntilStopped(
  name: string,
  main: (context: ProcessContext) => Promise<void>,
  report: FailureReporter = logFailure,
): Promise<void> {
  const controller = new AbortController();
  const stop = (why: string) => {
    controller.abort(new AppError('WORKER_STOPPED', `The ${name} was told to stop (${why}).`));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // Only a process that was started with a channel to its parent gets this: a launcher that died must not leave us.
  process.on('disconnect', () => stop('its parent ended'));
  // The parent may have died while our modules were being loaded, when nobody listened.
  if (process.send && !process.connected) stop('its parent ended');

  let logger: Logger | undefined;
  try {
    requireNode();
    const config = readConfig();
    logger = createLogger({ name, level: config.LOG_LEVEL });
    await main({ config, logger, stopping: controller.signal });
  } catch (error) {
    if (!(controller.signal.aborted && error === controller.signal.reason)) {
      process.exitCode = 1;
      report(error, name, logger);
    }
  } finally {
    if (process.connected) process.disconnect();
  }
}

/** Resolves when the signal is aborted. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
}

/** Logs a failure: for services, whose output is read by machines too. */
function logFailure(error: unknown, name: string, logger: Logger | undefined): void {
  if (!logger) printFailure(error);
  else if (error instanceof AppError) logger.fatal({ code: error.code, err: error.cause }, error.message);
  else logger.fatal({ err: error }, `${name} ended by an unexpected error`);
}

/** Prints a failure for the person who typed the command; the stack is for errors that nobody foresaw. */
export function printFailure(error: unknown): void {
  if (!(error instanceof AppError)) {
    console.error(error);
    return;
  }
  console.error(`${error.code}: ${error.message}`);
  if (error.cause instanceof Error) console.error(`Cause: ${error.cause.message}`);
}
