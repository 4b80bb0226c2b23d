import { join } from 'node:path';
import { assertMigrated } from '../src/database/run-migrations.ts';
import { whenDatabaseAnswers } from '../src/database/when-database-answers.ts';
import { dieAtLatestIn, dieWithParent, stopDeadlineMs } from '../src/processes/stop-deadlines.ts';
import { REPLACE_ME } from '../src/processes/supervise.ts';
import { runUntilStopped } from '../src/run-until-stopped.ts';
import { createServices, requireDatabaseUrl } from '../src/services.ts';
import { createDiscardOutput } from './discard-output.ts';
import { createEngines } from './engines.ts';
import { createJobWorker } from './job-worker.ts';
import { createRunAttempt } from './run-attempt.ts';
import { createWorkerWear } from './worker-wear.ts';

await runUntilStopped('worker', async ({ config, logger, stopping }) => {
  dieWithParent(config);
  const databaseUrl = requireDatabaseUrl(config);
  const wear = createWorkerWear({
    maxJobs: config.WORKER_MAX_JOBS,
    maxMemoryBytes: config.WORKER_MAX_MEMORY_BYTES,
  });
  const engines = await createEngines(config, logger, (reason) => wear.giveUp(reason));
  try {
    const services = await whenDatabaseAnswers(
      async () => {
        await assertMigrated(databaseUrl);
        return createServices(config, logger);
      },
      { databaseUrl, logger, waitMs: config.DATABASE_WAIT_MS, signal: stopping },
    );
    try {
      const { dataSource, queue, storage } = services;
      const worker = createJobWorker({
        dataSource,
        queue,
        logger,
        runAttempt: createRunAttempt({
          storage,
          logger,
          manager: dataSource.manager,
          pipelines: engines.pipelines,
          scratchDirectory: join(config.DATA_DIR, 'scratch'),
        }),
        discardOutput: createDiscardOutput({ dataSource, storage }),
        pollMs: config.WORKER_POLL_MS,
        maxJobSeconds: config.MAX_JOB_SECONDS,
        maxAttempts: config.MAX_ATTEMPTS,
      });
      logger.info('worker ready');
      process.send?.({ ready: 'worker' });
      await worker.runForever(stopping);
      const worn = stopping.aborted ? null : wear.reason();
      if (worn === null) {
        logger.info('worker stopping');
      } else {
        logger.info({ reason: worn }, 'worker asks to be replaced');
        process.exitCode = REPLACE_ME;
        // Nobody waits for this end with a deadline, as somebody does after a signal.
        dieAtLatestIn(stopDeadlineMs(config));
      }
    } finally {
      await services.close();
    }
  } finally {
    await engines.close();
  }
  logger.info('worker stopped');
});
