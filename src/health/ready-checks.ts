import type { DataSource } from 'typeorm';
import { hasPendingMigrations } from '../database/run-migrations.ts';
import { isQueueInstalled } from '../queue/install-queue.ts';
import type { StorageService } from '../storage/storage-service.ts';
import type { ReadyCheck } from './readiness.ts';

/** What API and worker need alike, over the connections that they work with. */
export function createReadyChecks(deps: {
  dataSource: DataSource;
  storage: Pick<StorageService, 'assertUsable'>;
}): Record<'database' | 'migrations' | 'storage' | 'queue', ReadyCheck> {
  const { dataSource, storage } = deps;
  return {
    async database() {
      await dataSource.query('SELECT 1');
    },
    async migrations() {
      if (await hasPendingMigrations(dataSource)) throw new Error('Migrations of this version have not run.');
    },
    storage: () => storage.assertUsable(),
    async queue() {
      if (!(await isQueueInstalled(dataSource.manager))) throw new Error('The queue is not installed.');
    },
  };
}
