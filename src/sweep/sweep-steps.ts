import type { DataSource } from 'typeorm';
import type { ExpireJobs } from '../jobs/expire-jobs.ts';
import type { ReconcileJobs } from '../jobs/reconcile-jobs.ts';
import type { Logger } from '../logger.ts';
import type { StorageService } from '../storage/storage-service.ts';
import type { Uploads } from '../uploads/uploads.ts';
import { createAssertOwnStorage } from './assert-own-storage.ts';
import { isOrphan, isOrphanedPart } from './is-orphan.ts';
import { createRemoveOrphans } from './remove-orphans.ts';
import type { SweepStep } from './sweep.ts';

/**
 * A file is left alone until nobody has written to it for this long. That is far more than the two minutes within which
 * a file in work is written to (see StorageService), so clocks of several machines may differ by most of it.
 */
const GRACE_MS = 3_600_000;
/** Walking over all files costs more than a look into the database, and what it finds has time. */
const FILES_EVERY_MS = 600_000;

/** What a sweep does, in this order: rows first, so that files which are left over by a step go with the same pass. */
export function createSweepSteps(deps: {
  dataSource: DataSource;
  storage: StorageService;
  uploads: Uploads;
  expireJobs: ExpireJobs;
  reconcileJobs: ReconcileJobs;
  logger: Logger;
  /** Milliseconds; an hour unless told. */
  graceMs?: number;
  /** Milliseconds between two walks over the files; ten minutes unless told. */
  filesEveryMs?: number;
}): SweepStep[] {
  const { dataSource, storage, uploads, expireJobs, reconcileJobs, logger } = deps;
  const { graceMs = GRACE_MS, filesEveryMs: everyMs = FILES_EVERY_MS } = deps;
  const common = { dataSource, graceMs, logger };
  const assertOwnStorage = createAssertOwnStorage({ dataSource, storage });
  const ofFiles = (name: string, run: SweepStep['run']): SweepStep => ({
    name,
    everyMs,
    async run(signal) {
      await assertOwnStorage();
      return run(signal);
    },
  });
  return [
    { name: 'mendedJobs', run: async () => (await reconcileJobs()).length },
    { name: 'expiredUploads', run: (signal) => uploads.removeExpired(signal) },
    { name: 'expiredJobs', run: expireJobs },
    ofFiles('orphanedFiles', createRemoveOrphans({ ...common, files: storage, isOrphan })),
    ofFiles(
      'orphanedParts',
      createRemoveOrphans({ ...common, files: storage.partials, isOrphan: isOrphanedPart }),
    ),
    ofFiles('abandonedFiles', () => storage.removeAbandoned(graceMs)),
  ];
}
