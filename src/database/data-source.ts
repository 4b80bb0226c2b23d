import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { CreateJobs1763900000000 } from '../../migrations/1763900000000-create-jobs.ts';
import { ServeClients1764000000000 } from '../../migrations/1764000000000-serve-clients.ts';
import { CreateApiKeys1764000100000 } from '../../migrations/1764000100000-create-api-keys.ts';
import { CreateUploads1764000200000 } from '../../migrations/1764000200000-create-uploads.ts';
import { SurviveCrashes1764100000000 } from '../../migrations/1764100000000-survive-crashes.ts';
import { IdentifyDatabase1764100100000 } from '../../migrations/1764100100000-identify-database.ts';
import { TraceJobs1795847836427 } from '../../migrations/1795847836427-trace-jobs.ts';
import { ApiKeyEntity } from '../access/api-key.entity.ts';
import { JobCheckpointEntity } from '../jobs/job-checkpoint.entity.ts';
import { JobEntity } from '../jobs/job.entity.ts';
import { UploadEntity } from '../uploads/upload.entity.ts';
import { AnsweringPool } from './answering-pool.ts';
import { describeConnectFailure } from './connect-failure.ts';
import { serviceConnection, type ConnectionSettings } from './connection-settings.ts';

/** Where TypeORM notes which migrations have run. */
export const MIGRATIONS_TABLE = 'schema_migrations';

/** Connections of one process. */
const MAX_CONNECTIONS = 10;

/** The connection pool to Postgres with our entities and migrations; not yet connected. Never synchronises. */
export function createDataSource(databaseUrl: string, settings: ConnectionSettings): DataSource {
  return new DataSource({
    type: 'postgres',
    url: databaseUrl,
    driver: { Pool: AnsweringPool },
    entities: [ApiKeyEntity, JobCheckpointEntity, JobEntity, UploadEntity],
    migrations: [
      CreateJobs1763900000000,
      ServeClients1764000000000,
      CreateApiKeys1764000100000,
      CreateUploads1764000200000,
      SurviveCrashes1764100000000,
      IdentifyDatabase1764100100000,
      TraceJobs1795847836427,
    ],
    migrationsTableName: MIGRATIONS_TABLE,
    synchronize: false,
    applicationName: 'foregsyte',
    extra: { ...settings, max: MAX_CONNECTIONS },
  });
}

/**
 * Connects; the caller owns the returned pool and must `destroy` it.
 * @throws AppError DATABASE_UNAVAILABLE when Postgres is not there or not ready, INVALID_CONFIGURATION when it refuses
 * what DATABASE_URL says.
 */
export async function connectDataSource(
  databaseUrl: string,
  settings: ConnectionSettings = serviceConnection(),
): Promise<DataSource> {
  const dataSource = createDataSource(databaseUrl, settings);
  try {
    return await dataSource.initialize();
  } catch (error) {
    throw describeConnectFailure(error);
  }
}
