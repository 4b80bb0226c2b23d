import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { describeConnectFailure } from './connect-failure.ts';
import { serviceConnection } from './connection-settings.ts';
import { isUnavailable, translateDatabaseError } from './unavailable.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Runs `work` on the database as soon as that is there, and again when it goes away meanwhile or `work` finds it not
 * ready (DATABASE_UNAVAILABLE): API, workers and Postgres may be started in any order. Says so in the log when it begins
 * to wait, and when it goes on.
 * @throws AppError DATABASE_UNAVAILABLE after `waitMs`; INVALID_CONFIGURATION at once when Postgres refuses what
 * `databaseUrl` says; whatever else `work` throws; the signal's reason.
 */
export async function whenDatabaseAnswers<T>(
  work: () => Promise<T>,
  options: { databaseUrl: string; waitMs: number; logger: Logger; signal: AbortSignal },
): Promise<T> {
  const { databaseUrl, waitMs, logger, signal } = options;
  const begun = performance.now();
  let isWaiting = false;
  // Not p-retry: it drops what `work` made, with its open connections, when the signal comes while `work` succeeds.
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      await knock(databaseUrl, signal);
      const result = await work();
      if (isWaiting) logger.info({ waitedMs: since(begun) }, 'the database is ready: going on');
      return result;
    } catch (error) {
      signal.throwIfAborted();
      const failure = translateDatabaseError(error);
      if (!isUnavailable(failure)) throw failure;
      const leftMs = waitMs - since(begun);
      if (leftMs <= 0) throw waitedInVain(failure, waitMs);
      if (!isWaiting) {
        logger.warn({ waitMs, err: failure.cause }, `waiting for the database: ${failure.message}`);
      }
      isWaiting = true;
      // Ends early when stopping, which the next attempt notices.
      await delay(Math.min(pauseMs, leftMs), undefined, { signal }).catch(() => {});
    }
  }
}

/** Connects once, over a socket that can be given up at any time, which a pool's cannot. */
async function knock(databaseUrl: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const socket = new Socket();
  const client = new Client({
    ...serviceConnection(),
    connectionString: databaseUrl,
    stream: () => socket,
  });
  // A connection that breaks after it was made is the next one's concern.
  client.on('error', () => {});
  const giveUp = () => socket.destroy(new Error('The process was told to stop.'));
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await client.connect();
  } catch (error) {
    throw describeConnectFailure(error);
  } finally {
    signal.removeEventListener('abort', giveUp);
    socket.destroy();
  }
}

function since(begun: number): number {
  return Math.round(performance.now() - begun);
}

function waitedInVain(failure: AppError, waitMs: number): AppError {
  return new AppError(
    'DATABASE_UNAVAILABLE',
    `${failure.message} It was waited for as long as DATABASE_WAIT_MS says, ${waitMs / 1000} s.`,
    { cause: failure.cause },
  );
}
