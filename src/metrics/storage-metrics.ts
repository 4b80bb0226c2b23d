import { Gauge } from 'prom-client';
import { shareRunning } from '../share-running.ts';
import type { StorageService } from '../storage/storage-service.ts';
import { withTimeLimit } from '../time-limit.ts';
import type { Metrics } from './create-metrics.ts';

/** How long a scrape waits for the file system, in milliseconds: one over the network may hang. */
const ANSWER_MS = 2_500;

/** Exports how much room there is for files, beside `minFreeBytes`, the room that must stay. Unknown room is not shown. */
export function exportStorageMetrics(
  metrics: Metrics,
  deps: { storage: Pick<StorageService, 'freeBytes'>; minFreeBytes: number },
): void {
  const registers = [metrics.registry];
  const free = new Gauge({
    name: 'foregsyte_storage_free_bytes',
    help: 'Free space on the disk of the storage.',
    registers,
  });
  new Gauge({
    name: 'foregsyte_storage_reserve_bytes',
    help: 'Free space below which uploads are refused and no job is begun (MIN_FREE_BYTES).',
    registers,
  }).set(deps.minFreeBytes);

  const ask = shareRunning(() => deps.storage.freeBytes());
  metrics.beforeScrape(async () => {
    try {
      free.set(await withTimeLimit(ask(), ANSWER_MS, () => new Error('The storage does not answer.')));
    } catch {
      // `/readyz` tells, and logs, what is wrong with the storage.
      free.remove();
    }
  });
}
