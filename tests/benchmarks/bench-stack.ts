import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { createApiKeys } from '../../dist/src/access/api-keys.js';
import { startServiceProcess, type ServiceProcess } from '../../dist/src/processes/service-process.js';
import { childEnvironment, projectRoot } from '../../dist/src/config.js';
import { connectDataSource } from '../../dist/src/database/data-source.js';
import { startEmbeddedPostgres } from '../../dist/src/database/embedded-postgres.js';
import { migrateUp } from '../../dist/src/database/run-migrations.js';
import { createSilentLogger } from '../../dist/src/logger.js';
import { createReleaseStack } from '../../dist/src/release-stack.js';

/** A real Postgres and API in production mode, with keys and limits on, for one benchmark. */
export interface BenchStack {
  directory: string;
  dataSource: DataSource;
  /** A key of `owner` with all scopes. */
  key: string;
  api: ServiceProcess;
  /** Starts another program with the same environment, for comparison. */
  start(name: string, entry: string): Promise<ServiceProcess>;
  close(): Promise<void>;
}

/** Starts the stack in a temporary folder, in `under` or where the system keeps such folders. */
export async function startBenchStack(owner: string, under = tmpdir()): Promise<BenchStack> {
  const owned = createReleaseStack();
  const logger = createSilentLogger();
  try {
    const directory = await mkdtemp(join(under, 'foregsyte-bench-'));
    owned.add(() => rm(directory, { recursive: true, force: true }));
    await chmod(directory, 0o755);
    const postgres = await startEmbeddedPostgres({
      dataDirectory: directory,
      logger,
      settings: { max_connections: '100' },
    });
    owned.add(() => postgres.stop());
    await migrateUp(postgres.databaseUrl, logger);
    const dataSource = await connectDataSource(postgres.databaseUrl);
    owned.add(() => dataSource.destroy());
    const { key } = await createApiKeys(dataSource).create({ owner, name: 'bench', scopes: ['admin'] });

    const environment = childEnvironment({
      DATABASE_URL: postgres.databaseUrl,
      DATA_DIR: directory,
      PORT: '0',
      NODE_ENV: 'production',
      AUTHENTICATION: 'keys',
      REQUESTS_PER_MINUTE: '1000000000',
      LOG_LEVEL: 'warn',
    });
    const start = async (name: string, entry: string) => {
      const service = await startServiceProcess({
        name,
        entry,
        environment,
        signal: AbortSignal.timeout(60_000),
      });
      owned.add(() => service.stop(5_000));
      return service;
    };
    const api = await start('api', join(projectRoot, 'dist/src/main.js'));
    return { directory, dataSource, key, api, start, close: () => owned.close() };
  } catch (error) {
    await owned.close();
    throw error;
  }
}
