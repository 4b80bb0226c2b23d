import { persist } from '../src/database/persist.ts';
import { waitForMigrations } from '../src/database/run-migrations.ts';
import { listenForTakenAway } from '../src/jobs/job-changes.ts';
import { createTakeJob } from '../src/jobs/take-job.ts';
import { createReleaseStack } from '../src/release-stack.ts';
import { runUntilStopped } from '../src/run-until-stopped.ts';
import { createServices, requireDatabaseUrl } from '../src/services.ts';
import { createEngines } from './engines.ts';
import { createJobWorker } from './job-worker.ts';
import { createRunAttempt } from './run-attempt.ts';
import { createAttemptSettler } from './settle-attempt.ts';

await runUntilStopped('worker', async ({ config, logger, stopping }) => {
  const databaseUrl = requireDatabaseUrl(config);
  const owned = createReleaseStack();
  try {
    const engines = await createEngines(config, logger);
    owned.add(() => engines.close());
    await waitForMigrations(databaseUrl, { timeoutMs: config.DATABASE_WAIT_MS, logger, signal: stopping });
    const services = await createServices(config, logger);
    owned.add(() => services.close());
    const { dataSource, queue, storage } = services;
    const persistWrites = <T>(write: () => Promise<T>) =>
      persist(write, { timeoutMs: config.DATABASE_WAIT_MS });
    const shared = { dataSource, queue, storage, logger, persist: persistWrites };

    const worker = createJobWorker({
      manager: dataSource.manager,
      queue,
      logger,
      takeJob: createTakeJob({
        ...shared,
        limits: {
          maxRunning: config.MAX_RUNNING_JOBS,
          maxRunningPerOwner: config.MAX_RUNNING_JOBS_PER_OWNER,
        },
      }),
      runAttempt: createRunAttempt({
        ...shared,
        manager: dataSource.manager,
        pipelines: engines.pipelines,
        checkpointMs: config.CHECKPOINT_MS,
      }),
      settler: createAttemptSettler({
        ...shared,
        retryPolicy: {
          maxAttempts: config.MAX_ATTEMPTS,
          delayMs: config.RETRY_DELAY_MS,
          maxDelayMs: config.RETRY_MAX_DELAY_MS,
        },
      }),
      limitsFor: () => ({
        probeSeconds: Math.min(config.JOB_BASE_SECONDS, config.MAX_JOB_SECONDS),
        secondsFor: () => config.MAX_JOB_SECONDS,
        graceMs: config.SHUTDOWN_GRACE_MS,
      }),
      assertReady: async () => {},
      wear: { jobDone() {}, reason: () => null },
      pollMs: config.WORKER_POLL_MS,
    });
    const listener = listenForTakenAway(databaseUrl, (jobId) => worker.noticeTakenAway(jobId), logger);
    owned.add(() => listener.close());
    logger.info('worker ready');
    process.send?.({ ready: 'worker' });
    await worker.runForever(stopping);
    logger.info('worker stopping');
  } finally {
    await owned.close();
  }
  logger.info('worker stopped');
});
