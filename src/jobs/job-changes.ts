import type { EntityManager } from 'typeorm';
import { listenOnChannel, sayOnChannel, type ChannelListener } from '../database/channel.ts';
import type { Logger } from '../logger.ts';

const CHANNEL = 'foregsyte_job_taken_away';

/**
 * Tells the worker that runs the job, on whichever host, that it was taken away, once the transaction of `manager`
 * commits. It makes the worker look at the row at once; a worker that does not hear it looks every second.
 */
export async function announceTakenAway(manager: EntityManager, jobId: string): Promise<void> {
  await sayOnChannel(manager, CHANNEL, jobId);
}

/** Hears of every job that is taken away from a worker. */
export function listenForTakenAway(
  databaseUrl: string,
  onTakenAway: (jobId: string) => void,
  logger: Logger,
): ChannelListener {
  return listenOnChannel(databaseUrl, CHANNEL, onTakenAway, logger);
}
