import { productVersion, storageDirectory, useTemporaryDirectory } from './config.ts';
import { migrateUp } from './database/run-migrations.ts';
import { whenDatabaseAnswers } from './database/when-database-answers.ts';
import { buildGraphqlSchema } from './graphql/schema.ts';
import { createReadiness } from './health/readiness.ts';
import { createReadyChecks } from './health/ready-checks.ts';
import { createHttpServer } from './http/create-http-server.ts';
import { createMetricsServer } from './http/create-metrics-server.ts';
import { createMetrics } from './metrics/create-metrics.ts';
import { createRequestMetrics } from './metrics/request-metrics.ts';
import { createServiceStateMetrics } from './metrics/service-state-metrics.ts';
import { exportStorageMetrics } from './metrics/storage-metrics.ts';
import { dieWithParent, leaveInTime, leaveNow } from './processes/stop-deadlines.ts';
import { createReleaseStack } from './release-stack.ts';
import { runUntilStopped, untilAborted } from './run-until-stopped.ts';
import { createServices, requireDatabaseUrl } from './services.ts';
import { startTracing } from './tracing/start-tracing.ts';

await runUntilStopped('api', async ({ config, logger, stopping }) => {
  dieWithParent(config);
  const databaseUrl = requireDatabaseUrl(config);
  const readiness = createReadiness({ logger, stopping });
  const metrics = createMetrics({
    role: 'api',
    version: productVersion,
    isScraped: config.METRICS_PORT !== undefined,
  });
  const watchServiceState = createServiceStateMetrics(metrics, logger);
  const owned = createReleaseStack();
  try {
    const tracing = await startTracing({
      config,
      traced: { role: 'api', version: productVersion },
      logger,
      onStuck: leaveNow,
    });
    owned.add(() => tracing.close());
    // First, because somebody may want to know what the process waits for.
    const metricsServer = await createMetricsServer({ config, metrics, readiness, logger });
    owned.add(async () => metricsServer?.close());
    const services = await whenDatabaseAnswers(
      async () => {
        await migrateUp(databaseUrl, logger);
        return createServices(config, logger);
      },
      { databaseUrl, logger, waitMs: config.DATABASE_WAIT_MS, signal: stopping },
    );
    owned.add(() => services.close());
    watchServiceState(services.dataSource);
    exportStorageMetrics(metrics, { storage: services.storage, minFreeBytes: config.MIN_FREE_BYTES });
    // Uploads are buffered in temporary files, which may need as much room as the videos themselves.
    useTemporaryDirectory(storageDirectory(config));
    const sweeper = services.startSweeper();
    owned.add(() => sweeper.close());
    const schema = buildGraphqlSchema(services);
    const requests = createRequestMetrics(metrics);
    const server = await createHttpServer({ config, schema, services, readiness, requests, logger });
    owned.add(() => server.close());
    readiness.begin(createReadyChecks(services));
    logger.info({ url: server.url }, `API ready: ${server.url}/graphql`);
    process.send?.({ ready: server.url });
    await untilAborted(stopping);
    logger.info('API stopping');
    leaveInTime(config, logger);
  } finally {
    await owned.close().catch((error: unknown) => {
      if (!stopping.aborted) throw error;
      logger.warn({ err: error }, 'not everything could be closed');
    });
  }
  logger.info('API stopped');
});
