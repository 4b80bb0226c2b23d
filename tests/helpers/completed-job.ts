import { join } from 'node:path';
import { connectDataSource } from '../../src/database/data-source.ts';
import { resultsKey } from '../../src/results/results-keys.ts';
import { createLocalStorage } from '../../src/storage/local-storage.ts';
import type { RunningService } from './running-service.ts';
import { sampleResults, storeResults } from './sample-results.ts';

/** Gives a job of a service without a worker results of 50 frames, as a worker would, and completes it. */
export async function completeJob(service: RunningService, jobId: string): Promise<void> {
  const storage = await createLocalStorage(join(service.dataDirectory, 'storage'));
  await storeResults(storage, resultsKey(jobId, 1), { ...sampleResults(50), jobId });
  const dataSource = await connectDataSource(service.database.url);
  try {
    await dataSource.query(
      `UPDATE jobs SET status = 'completed', stage = 'settled', output_path = $2, attempt = 1, started_at = now(),
        finished_at = now() WHERE job_id = $1`,
      [jobId, resultsKey(jobId, 1)],
    );
  } finally {
    await dataSource.destroy();
  }
}
