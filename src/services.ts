import type { DataSource } from 'typeorm';
import { storageDirectory, type Config } from './config.ts';
import { connectDataSource } from './database/data-source.ts';
import { AppError } from './errors.ts';
import { createJobFinder, type JobFinder } from './jobs/find-jobs.ts';
import { createSubmitVideo, type SubmitVideo } from './jobs/submit-video.ts';
import type { Logger } from './logger.ts';
import { createPgBossQueue } from './queue/pg-boss-queue.ts';
import type { QueueService } from './queue/queue-service.ts';
import { createReleaseStack } from './release-stack.ts';
import { createOpenResults, type OpenResults } from './results/open-results.ts';
import { createLocalStorage } from './storage/local-storage.ts';
import type { StorageService } from './storage/storage-service.ts';

/** Everything that the API and the worker share, wired up. */
export interface Services {
  dataSource: DataSource;
  queue: QueueService;
  storage: StorageService;
  jobs: JobFinder;
  submitVideo: SubmitVideo;
  openResults: OpenResults;
  close(): Promise<void>;
}

/** @throws AppError INVALID_CONFIGURATION when DATABASE_URL is not set. */
export function requireDatabaseUrl(config: Config): string {
  if (config.DATABASE_URL) return config.DATABASE_URL;
  throw new AppError(
    'INVALID_CONFIGURATION',
    'DATABASE_URL is not set. Set it to your Postgres, or run `npm start`, which brings its own.',
  );
}

/** The composition root: builds every service over a migrated database. The caller must `close` them. */
export async function createServices(config: Config, logger: Logger): Promise<Services> {
  const databaseUrl = requireDatabaseUrl(config);
  const owned = createReleaseStack();
  try {
    const dataSource = await connectDataSource(databaseUrl);
    owned.add(() => dataSource.destroy());
    const queue = await createPgBossQueue(databaseUrl, logger);
    owned.add(() => queue.close());
    const storage = await createLocalStorage(storageDirectory(config));
    const jobs = createJobFinder(dataSource);
    return {
      dataSource,
      queue,
      storage,
      jobs,
      submitVideo: createSubmitVideo({ dataSource, queue, storage, logger }),
      openResults: createOpenResults({ jobs, storage }),
      close: () => owned.close(),
    };
  } catch (error) {
    await owned.close();
    throw error;
  }
}
