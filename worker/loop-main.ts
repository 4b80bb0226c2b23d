import { productVersion, scratchDirectory } from '../src/config.ts';
import { assertMigrated } from '../src/database/run-migrations.ts';
import { whenDatabaseAnswers } from '../src/database/when-database-answers.ts';
import { createReadiness } from '../src/health/readiness.ts';
import { createReadyChecks } from '../src/health/ready-checks.ts';
import { createMetricsServer } from '../src/http/create-metrics-server.ts';
import { listenForTakenAway } from '../src/jobs/job-changes.ts';
import { createMetrics } from '../src/metrics/create-metrics.ts';
import { exportStorageMetrics } from '../src/metrics/storage-metrics.ts';
import { createWorkMetrics } from '../src/metrics/work-metrics.ts';
import { dieAtLatestIn, dieWithParent, leaveNow, stopDeadlineMs } from '../src/processes/stop-deadlines.ts';
import { REPLACE_ME } from '../src/processes/supervise.ts';
import { createReleaseStack } from '../src/release-stack.ts';
import { runUntilStopped } from '../src/run-until-stopped.ts';
import { createServices, requireDatabaseUrl } from '../src/services.ts';
import { startTracing } from '../src/tracing/start-tracing.ts';
import { cleanScratch } from './clean-scratch.ts';
import { slowCollector } from './collector-pace.ts';
import { composeWorker } from './compose-worker.ts';
import { createEngines } from './engines.ts';
import { createWorkerWear } from './worker-wear.ts';

await runUntilStopped('worker', async ({ config, logger, stopping }) => {
  dieWithParent(config);
  slowCollector();
  const databaseUrl = requireDatabaseUrl(config);
  const wear = createWorkerWear({
    maxJobs: config.WORKER_MAX_JOBS,
    maxMemoryBytes: config.WORKER_MAX_MEMORY_BYTES,
  });
  const readiness = createReadiness({ logger, stopping });
  const metrics = createMetrics({
    role: 'worker',
    version: productVersion,
    isScraped: config.METRICS_PORT !== undefined,
  });
  const observer = createWorkMetrics(metrics);
  const owned = createReleaseStack();
  try {
    const tracing = await startTracing({
      config,
      traced: { role: 'worker', version: productVersion },
      logger,
      onStuck: leaveNow,
    });
    owned.add(() => tracing.close());
    // First, because somebody may want to know what the process waits for.
    const metricsServer = await createMetricsServer({ config, metrics, readiness, logger });
    owned.add(async () => metricsServer?.close());
    await cleanScratch(scratchDirectory(config), logger);
    const engines = await createEngines({
      config,
      logger,
      observer,
      onGivenUp: (reason) => wear.giveUp(reason),
      signal: stopping,
    });
    owned.add(() => engines.close());
    const services = await whenDatabaseAnswers(
      async () => {
        await assertMigrated(databaseUrl);
        return createServices(config, logger);
      },
      { databaseUrl, logger, waitMs: config.DATABASE_WAIT_MS, signal: stopping },
    );
    owned.add(() => services.close());
    exportStorageMetrics(metrics, { storage: services.storage, minFreeBytes: config.MIN_FREE_BYTES });
    const sweeper = services.startSweeper();
    owned.add(() => sweeper.close());
    const { pipelines } = engines;
    const worker = composeWorker({ config, services, pipelines, wear, observer, logger });
    const listener = listenForTakenAway(databaseUrl, (jobId) => worker.noticeTakenAway(jobId), logger);
    owned.add(() => listener.close());
    readiness.begin(createReadyChecks(services));
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
    await owned.close();
  }
  logger.info('worker stopped');
});
