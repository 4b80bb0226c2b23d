import { storageDirectory, useTemporaryDirectory } from './config.ts';
import { migrateUp } from './database/run-migrations.ts';
import { whenDatabaseAnswers } from './database/when-database-answers.ts';
import { buildGraphqlSchema } from './graphql/schema.ts';
import { createHttpServer } from './http/create-http-server.ts';
import { dieWithParent, leaveInTime } from './processes/stop-deadlines.ts';
import { createReleaseStack } from './release-stack.ts';
import { runUntilStopped, untilAborted } from './run-until-stopped.ts';
import { createServices, requireDatabaseUrl } from './services.ts';

await runUntilStopped('api', async ({ config, logger, stopping }) => {
  dieWithParent(config);
  const databaseUrl = requireDatabaseUrl(config);
  const owned = createReleaseStack();
  try {
    const services = await whenDatabaseAnswers(
      async () => {
        await migrateUp(databaseUrl, logger);
        return createServices(config, logger);
      },
      { databaseUrl, logger, waitMs: config.DATABASE_WAIT_MS, signal: stopping },
    );
    owned.add(() => services.close());
    // Uploads are buffered in temporary files, which may need as much room as the videos themselves.
    useTemporaryDirectory(storageDirectory(config));
    const sweeper = services.startSweeper();
    owned.add(() => sweeper.close());
    const schema = buildGraphqlSchema(services);
    const server = await createHttpServer({ config, schema, services, logger });
    owned.add(() => server.close());
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
