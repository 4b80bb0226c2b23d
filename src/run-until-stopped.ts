import { readConfig, type Config } from './config.ts';
import { AppError } from './errors.ts';
import { createLogger, type Logger } from './logger.ts';

/** What a long-running process gets to work with. */
export interface ProcessContext {
  config: Config;
  logger: Logger;
  /** Aborted when the process is told to stop. */
  stopping: AbortSignal;
}

/**
 * The frame of every entry point: reads the configuration, runs `main` until it returns, and sets the exit code.
 * SIGINT, SIGTERM and the end of a parent that started us abort `stopping`. Further signals change nothing, because
 * npm repeats the terminal's Ctrl-C: stopping takes bounded time, and must not leave a database behind.
 */
export async function runUntilStopped(
  name: string,
  main: (context: ProcessContext) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const stop = (why: string) => {
    controller.abort(new AppError('WORKER_STOPPED', `The ${name} was told to stop (${why}).`));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // Only a process that was started with a channel to its parent gets this: a launcher that died must not leave us.
  process.on('disconnect', () => stop('its parent ended'));

  let logger: Logger | undefined;
  try {
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

/** Operators read our own errors as they are; the stack is for those that nobody foresaw. */
function report(error: unknown, name: string, logger: Logger | undefined): void {
  if (!(error instanceof AppError)) {
    if (logger) logger.fatal({ err: error }, `${name} ended by an unexpected error`);
    else console.error(error);
  } else if (logger) {
    logger.fatal({ code: error.code, err: error.cause }, error.message);
  } else {
    console.error(`${error.code}: ${error.message}`);
  }
}
