import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { CreateJobs1763900000000 } from '../../migrations/1763900000000-create-jobs.ts';
import { ServeClients1764000000000 } from '../../migrations/1764000000000-serve-clients.ts';
import { CreateApiKeys1764000100000 } from '../../migrations/1764000100000-create-api-keys.ts';
import { CreateUploads1764000200000 } from '../../migrations/1764000200000-create-uploads.ts';
import { SurviveCrashes1764100000000 } from '../../migrations/1764100000000-survive-crashes.ts';
import { ApiKeyEntity } from '../access/api-key.entity.ts';
import { AppError } from '../errors.ts';
import { JobCheckpointEntity } from '../jobs/job-checkpoint.entity.ts';
import { JobEntity } from '../jobs/job.entity.ts';
import { UploadEntity } from '../uploads/upload.entity.ts';

/** Where TypeORM notes which migrations have run. */
export const MIGRATIONS_TABLE = 'schema_migrations';

/** How long one attempt to connect may take. */
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * How long a transaction may do nothing before the server ends its connection and lets its locks go. A process that is
 * frozen, or whose host is gone, in the middle of one would hold up all others: workers take jobs one after the other.
 * As long as the heartbeat of a worker, which loses its job then too.
 */
const IDLE_IN_TRANSACTION_MS = 15_000;

/** The connection pool to Postgres with our entities and migrations; not yet connected. Never synchronises. */
export function createDataSource(databaseUrl: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url: databaseUrl,
    entities: [ApiKeyEntity, JobCheckpointEntity, JobEntity, UploadEntity],
    migrations: [
      CreateJobs1763900000000,
      ServeClients1764000000000,
      CreateApiKeys1764000100000,
      CreateUploads1764000200000,
      SurviveCrashes1764100000000,
    ],
    migrationsTableName: MIGRATIONS_TABLE,
    synchronize: false,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    applicationName: 'foregsyte',
    extra: { max: 10, idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS },
  });
}

/**
 * Connects; the caller owns the returned pool and must `destroy` it.
 * @throws AppError DATABASE_UNAVAILABLE when Postgres does not answer.
 */
export async function connectDataSource(databaseUrl: string): Promise<DataSource> {
  const dataSource = createDataSource(databaseUrl);
  try {
    return await dataSource.initialize();
  } catch (error) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      'Postgres cannot be reached. Check DATABASE_URL and that the server runs.',
      {
        cause: error,
      },
    );
  }
}
