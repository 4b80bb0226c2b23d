import { storageDirectory, useTemporaryDirectory } from './config.ts';
import { migrateUp } from './database/run-migrations.ts';
import { JobResolver } from './graphql/job.resolver.ts';
import { ResultsResolver } from './graphql/results.resolver.ts';
import { buildGraphqlSchema } from './graphql/schema.ts';
import { createHttpServer } from './http/create-http-server.ts';
import { runUntilStopped, untilAborted } from './run-until-stopped.ts';
import { createServices, requireDatabaseUrl } from './services.ts';

await runUntilStopped('api', async ({ config, logger, stopping }) => {
  await migrateUp(requireDatabaseUrl(config), logger);
  const services = await createServices(config, logger);
  try {
    // Uploads are buffered in temporary files, which may need as much room as the videos themselves.
    useTemporaryDirectory(storageDirectory(config));
    const schema = buildGraphqlSchema({
      job: new JobResolver(services),
      results: new ResultsResolver(services),
    });
    const server = await createHttpServer({ config, schema, logger });
    try {
      logger.info({ url: server.url }, `API ready: ${server.url}/graphql`);
      process.send?.({ ready: server.url });
      await untilAborted(stopping);
      logger.info('API stopping');
    } finally {
      await server.close();
    }
  } finally {
    await services.close();
  }
  logger.info('API stopped');
});
