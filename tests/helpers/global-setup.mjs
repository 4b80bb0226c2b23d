import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// The build, because Jest loads this file without the transform that decorators need; `npm test` builds first.
import { startEmbeddedPostgres } from '../../dist/src/database/embedded-postgres.js';
import { migrateUp } from '../../dist/src/database/run-migrations.js';
import { createSilentLogger } from '../../dist/src/logger.js';

/** One real Postgres for the whole run; its migrated database is the template of every test's own. */
export default async function globalSetup() {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'foregsyte-test-'));
  // As root, Postgres runs as a user who must be able to reach the folder.
  await chmod(dataDirectory, 0o755);
  const logger = createSilentLogger();
  const postgres = await startEmbeddedPostgres({
    dataDirectory,
    logger,
    settings: { fsync: 'off', max_connections: '200' },
  });
  await migrateUp(postgres.databaseUrl, logger);
  process.env.TEST_TEMPLATE_URL = postgres.databaseUrl;
  globalThis.testPostgres = { postgres, dataDirectory };
}
