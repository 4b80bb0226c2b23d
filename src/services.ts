import type { DataSource } from 'typeorm';
import { createApiKeys, type ApiKeys } from './access/api-keys.ts';
import { createQuotas } from './access/quotas.ts';
import { retentionHours, storageDirectory, uploadTtlMs, type Config } from './config.ts';
import { connectDataSource } from './database/data-source.ts';
import { AppError } from './errors.ts';
import { createCancelJob, type CancelJob } from './jobs/cancel-job.ts';
import { createJobCreator } from './jobs/create-job.ts';
import { createDeleteJob, type DeleteJob } from './jobs/delete-job.ts';
import { createExpireJobs } from './jobs/expire-jobs.ts';
import { createJobFinder, type JobFinder } from './jobs/find-jobs.ts';
import { createJobLister, type JobLister } from './jobs/list-jobs.ts';
import { createPollAdviser, type PollAdviser } from './jobs/poll-advice.ts';
import { listOcrLanguages } from './jobs/ocr-language-files.ts';
import type { OcrLanguage } from './jobs/ocr-languages.ts';
import { createReconcileJobs, type ReconcileJobs } from './jobs/reconcile-jobs.ts';
import { createDeadLetters, type DeadLetters } from './jobs/redrive-jobs.ts';
import { createRemoveJobs } from './jobs/remove-jobs.ts';
import { createRetention, type Retention } from './jobs/retention.ts';
import { createRetryJob, type RetryJob } from './jobs/retry-job.ts';
import { createSubmitVideo, type SubmitVideo } from './jobs/submit-video.ts';
import type { Logger } from './logger.ts';
import { createPgBossQueue } from './queue/pg-boss-queue.ts';
import type { QueueService } from './queue/queue-service.ts';
import { createReleaseStack } from './release-stack.ts';
import { createOpenResults, type OpenResults } from './results/open-results.ts';
import { describeService, type ServiceFacts } from './service-facts.ts';
import { createSpaceGuard, type SpaceGuard } from './storage/free-space.ts';
import { createLocalStorage } from './storage/local-storage.ts';
import type { StorageService } from './storage/storage-service.ts';
import { startSweeper, type Sweeper } from './sweep/start-sweeper.ts';
import { createAssertOwnStorage } from './sweep/assert-own-storage.ts';
import { createSweepSteps } from './sweep/sweep-steps.ts';
import { createSweep, type Sweep } from './sweep/sweep.ts';
import { createUploadSlots, type UploadSlots } from './uploads/upload-slots.ts';
import { createUploads, type Uploads } from './uploads/uploads.ts';

/** Everything that the API and the worker share, wired up. */
export interface Services {
  dataSource: DataSource;
  queue: QueueService;
  storage: StorageService;
  space: SpaceGuard;
  apiKeys: ApiKeys;
  uploads: Uploads;
  slots: UploadSlots;
  jobs: JobFinder;
  jobList: JobLister;
  polling: PollAdviser;
  retention: Retention;
  submitVideo: SubmitVideo;
  cancelJob: CancelJob;
  retryJob: RetryJob;
  deleteJob: DeleteJob;
  deadLetters: DeadLetters;
  reconcileJobs: ReconcileJobs;
  openResults: OpenResults;
  serviceFacts: ServiceFacts;
  /** The languages that text can be read in, as found at the start. */
  ocrLanguages: readonly OcrLanguage[];
  /** One pass over what crashes left behind and what has expired. */
  sweep: Sweep;
  /** Sweeps again and again. The caller must `close` the sweeper before the services. */
  startSweeper: () => Sweeper;
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

/**
 * The composition root: builds every service over a migrated database. The caller must `close` them.
 * @throws AppError INVALID_CONFIGURATION when DATABASE_URL is not set, or OCR_LANGUAGES_DIR cannot be read.
 */
export async function createServices(config: Config, logger: Logger): Promise<Services> {
  const databaseUrl = requireDatabaseUrl(config);
  const ocrLanguages = await listOcrLanguages(config.OCR_LANGUAGES_DIR);
  const owned = createReleaseStack();
  try {
    const dataSource = await connectDataSource(databaseUrl);
    owned.add(() => dataSource.destroy());
    const queue = await createPgBossQueue(databaseUrl, logger);
    owned.add(() => queue.close());
    const storage = await createLocalStorage(storageDirectory(config));
    const space = createSpaceGuard({ storage, minFreeBytes: config.MIN_FREE_BYTES });
    const jobs = createJobFinder(dataSource);
    const quotas = createQuotas({
      maxJobsWaiting: config.MAX_JOBS_WAITING,
      maxStoredBytes: config.MAX_STORED_BYTES,
    });
    const uploads = createUploads({ dataSource, storage, space, quotas, ttlMs: uploadTtlMs(config) });
    const slots = createUploadSlots(config.MAX_UPLOADS_AT_ONCE);
    const creator = createJobCreator({ dataSource, queue, uploads, quotas, logger });
    const removeJobs = createRemoveJobs({ dataSource, queue, storage, logger });
    const retention = createRetention(retentionHours(config));
    const expireJobs = createExpireJobs({ removeJobs, hours: retention.hours, logger });
    const forJobs = { dataSource, queue, storage, jobs, logger };
    const reconcileJobs = createReconcileJobs(forJobs);
    // Told at the start, when somebody looks: the sweep will say so again, and leave the files alone.
    await createAssertOwnStorage({ dataSource, storage })().catch((error: unknown) => {
      logger.warn({ err: error }, 'the files of the storage will not be swept');
    });
    const steps = createSweepSteps({ dataSource, storage, uploads, expireJobs, reconcileJobs, logger });
    const sweep = createSweep({ dataSource, steps, logger });
    return {
      dataSource,
      queue,
      storage,
      space,
      uploads,
      slots,
      jobs,
      apiKeys: createApiKeys(dataSource),
      jobList: createJobLister(dataSource),
      polling: createPollAdviser(dataSource),
      retention,
      submitVideo: createSubmitVideo({ dataSource, uploads, slots, quotas, creator, jobs }),
      cancelJob: createCancelJob(forJobs),
      retryJob: createRetryJob({ ...forJobs, quotas }),
      deleteJob: createDeleteJob({ removeJobs, jobs, logger }),
      deadLetters: createDeadLetters({ dataSource, retryJob: createRetryJob(forJobs) }),
      reconcileJobs,
      openResults: createOpenResults({ jobs, storage }),
      serviceFacts: describeService(config),
      ocrLanguages,
      sweep,
      startSweeper: () => startSweeper({ sweep, intervalMs: config.SWEEP_INTERVAL_MS, logger }),
      close: () => owned.close(),
    };
  } catch (error) {
    await owned.close();
    throw error;
  }
}
