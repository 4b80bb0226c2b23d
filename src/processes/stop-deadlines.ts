import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';

/** Beyond the grace of running requests and jobs, for closing connections. */
const CLOSING_MS = 2_000;
/** For what is done after everything is closed: a line of the log. */
const LAST_WORDS_MS = 100;
/** For a supervisor to see its child's end. */
const SUPERVISING_MS = 1_000;

/** Milliseconds after which a process of ours that was told to stop is ended by force. */
export function stopDeadlineMs(config: Config): number {
  return config.SHUTDOWN_GRACE_MS + CLOSING_MS;
}

/** The same for the launcher's processes, among them a supervisor, which first waits for its child. */
export function launcherDeadlineMs(config: Config): number {
  return stopDeadlineMs(config) + SUPERVISING_MS;
}

/** Ends this process as if it had stopped by itself when it still runs one second after the grace period. */
export function leaveInTime(config: Config, logger: Logger): void {
  const leave = () => {
    logger.warn(
      'closing took too long, for instance because the database does not answer: leaving without it',
    );
    process.exit(0);
  };
  setTimeout(leave, config.SHUTDOWN_GRACE_MS + CLOSING_MS / 2).unref();
}

/** Ends this process, which has closed all that it owned, though a request that nobody waits for any more still runs. */
export function leaveNow(): void {
  // Not before the last lines of the log are written.
  setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
}

/** Kills this process when it still runs after `ms`, for the cases in which nobody else would. */
export function dieAtLatestIn(ms: number): void {
  // Not by exit(), which waits for threads: one of them may be what hangs.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), ms).unref();
}

/** Ends this process with the one that started it, if it was started with a channel: by force when stopping takes too long. */
export function dieWithParent(config: Config): void {
  process.once('disconnect', () => dieAtLatestIn(stopDeadlineMs(config)));
}
