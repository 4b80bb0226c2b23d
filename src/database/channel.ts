import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { EntityManager } from 'typeorm';
import type { Logger } from '../logger.ts';
import { serviceConnection } from './connection-settings.ts';

/** Hears what is said on a channel until it is closed. */
export interface ChannelListener {
  close(): Promise<void>;
}

const MIN_RECONNECT_MS = 250;
const MAX_RECONNECT_MS = 5_000;

/** Says `message` on the channel when the transaction of `manager` commits. */
export async function sayOnChannel(manager: EntityManager, channel: string, message: string): Promise<void> {
  await manager.query('SELECT pg_notify($1, $2)', [channel, message]);
}

/**
 * Listens on a channel of Postgres (LISTEN/NOTIFY) with a connection of its own, which is made anew whenever it is
 * lost. What was said meanwhile is not heard, so a listener must not depend on hearing everything.
 */
export function listenOnChannel(
  databaseUrl: string,
  channel: string,
  onMessage: (message: string) => void,
  logger: Logger,
): ChannelListener {
  const closing = new AbortController();

  const listenOnce = async (): Promise<void> => {
    const client = new Client({
      connectionString: databaseUrl,
      application_name: 'foregsyte',
      ...serviceConnection(),
    });
    const ended = Promise.withResolvers<void>();
    // While it is connecting nobody waits for this yet.
    ended.promise.catch(() => {});
    client.on('error', (error) => ended.reject(error));
    client.on('end', () => ended.resolve());
    client.on('notification', ({ payload }) => onMessage(payload ?? ''));
    const end = () => {
      ended.resolve();
      void client.end().catch(() => {});
    };
    closing.signal.addEventListener('abort', end, { once: true });
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      await ended.promise;
    } finally {
      closing.signal.removeEventListener('abort', end);
      await client.end().catch(() => {});
    }
  };

  const listen = async (): Promise<void> => {
    let pauseMs = MIN_RECONNECT_MS;
    while (!closing.signal.aborted) {
      const begun = performance.now();
      try {
        await listenOnce();
      } catch (error) {
        logger.debug(
          { err: error, channel },
          'lost the connection that listens for changes; making a new one',
        );
      }
      pauseMs =
        performance.now() - begun > MAX_RECONNECT_MS
          ? MIN_RECONNECT_MS
          : Math.min(pauseMs * 2, MAX_RECONNECT_MS);
      await delay(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
    }
  };
  const listening = listen();

  return {
    async close() {
      closing.abort();
      await listening;
    },
  };
}
