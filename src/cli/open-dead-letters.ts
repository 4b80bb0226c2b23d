import type { Config } from '../config.ts';
import { connectDataSource } from '../database/data-source.ts';
import { createJobFinder } from '../jobs/find-jobs.ts';
import { createDeadLetters, type DeadLetters } from '../jobs/redrive-jobs.ts';
import { createRetryJob } from '../jobs/retry-job.ts';
import { createSilentLogger } from '../logger.ts';
import { createPgBossQueue } from '../queue/pg-boss-queue.ts';
import { createReleaseStack } from '../release-stack.ts';
import { requireOperatorDatabase } from './operator-database.ts';

/**
 * Runs `work` on the dead letters of the operator's database.
 * @throws AppError DATABASE_UNAVAILABLE; what `work` throws.
 */
export async function withDeadLetters(
  config: Config,
  work: (deadLetters: DeadLetters) => Promise<void>,
): Promise<void> {
  const databaseUrl = await requireOperatorDatabase(config);
  const logger = createSilentLogger();
  const owned = createReleaseStack();
  try {
    const dataSource = await connectDataSource(databaseUrl);
    owned.add(() => dataSource.destroy());
    const queue = await createPgBossQueue(databaseUrl, logger);
    owned.add(() => queue.close());
    const jobs = createJobFinder(dataSource);
    const retryJob = createRetryJob({ dataSource, queue, jobs, logger });
    await work(createDeadLetters({ dataSource, retryJob }));
  } finally {
    await owned.close();
  }
}
