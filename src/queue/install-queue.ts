import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { migrationConnection } from '../database/connection-settings.ts';
import type { Logger } from '../logger.ts';
import { createBoss } from './create-boss.ts';
import { DELIVERY_SECONDS } from './delivery-limit.ts';

/** The queue of jobs that wait or are being worked on. */
export const QUEUE_NAME = 'analyse-video';
/** Where jobs go whose attempts are used up. */
export const DEAD_LETTER_QUEUE_NAME = 'analyse-video-dead-letters';

/** A worker that has not said that it lives for this long has lost its entry. */
export const HEARTBEAT_SECONDS = 15;

/** A job may wait as long as it likes: it is the job's row that says when it is over. */
const TEN_YEARS = 10 * 365 * 86_400;

/**
 * Entries expire late, because a long video may take hours: the heartbeat is what finds a dead worker. Failures and
 * crashes are counted in the job's row, so the limit here is only a backstop against an entry that nobody can settle.
 */
const QUEUE_OPTIONS = {
  expireInSeconds: DELIVERY_SECONDS,
  heartbeatSeconds: HEARTBEAT_SECONDS,
  retryLimit: 10_000,
  retryDelay: 0,
  retentionSeconds: TEN_YEARS,
} as const;
const DEAD_LETTER_OPTIONS = { retentionSeconds: TEN_YEARS } as const;

/** Creates pg-boss's schema and our queues in it, or brings them up to date. Part of `migrate`. */
export async function installQueue(databaseUrl: string, logger: Logger): Promise<void> {
  const boss = createBoss(databaseUrl, {
    connection: migrationConnection(),
    max: 4,
    install: true,
    onError: (error) => logger.error({ err: error }, 'queue error'),
  });
  await boss.start();
  try {
    for (const [name, options] of [
      [QUEUE_NAME, QUEUE_OPTIONS],
      [DEAD_LETTER_QUEUE_NAME, DEAD_LETTER_OPTIONS],
    ] as const) {
      await boss.createQueue(name, options);
      // The first creator's options win, so an older installation is brought to today's.
      await boss.updateQueue(name, options);
    }
  } finally {
    await boss.stop({ graceful: false });
  }
}

/** Whether `installQueue` has run on the database of `manager`. */
export async function isQueueInstalled(manager: EntityManager): Promise<boolean> {
  const [schema] = z
    .array(z.object({ found: z.boolean() }))
    .parse(await manager.query(`SELECT to_regclass('pgboss.queue') IS NOT NULL AS found`));
  if (!schema?.found) return false;
  const names = [QUEUE_NAME, DEAD_LETTER_QUEUE_NAME];
  const queues = z
    .array(z.unknown())
    .parse(await manager.query('SELECT name FROM pgboss.queue WHERE name = ANY($1)', [names]));
  return queues.length === names.length;
}
