import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { codeOf } from '../database/error-code.ts';
import { JOB_STATUSES } from '../jobs/job.entity.ts';
import type { Logger } from '../logger.ts';
import { shareRunning } from '../share-running.ts';
import { withTimeLimit } from '../time-limit.ts';
import type { Metrics } from './create-metrics.ts';
import { readServiceState, type ServiceState } from './read-service-state.ts';

/** How long a scrape waits for the database, in milliseconds. A frozen one does not answer at all. */
const ANSWER_MS = 2_500;
/** SQLSTATE of a statement that took longer than it may. */
const STATEMENT_GIVEN_UP = '57014';

/**
 * Exports what the database knows of jobs, queue and stored videos, and whether it answers. It is asked once a scrape, and
 * while it does not answer, nothing old is shown. Until the returned function was called, the database counts as down.
 */
export function createServiceStateMetrics(
  metrics: Metrics,
  logger: Logger,
): (dataSource: DataSource) => void {
  const registers = [metrics.registry];
  const databaseUp = new Gauge({
    name: 'foregsyte_database_up',
    help: 'Whether the database has answered this scrape: 1 or 0.',
    registers,
  });
  const jobs = new Gauge({
    name: 'foregsyte_jobs',
    help: 'Jobs by state.',
    labelNames: ['state'],
    registers,
  });
  const queued = new Gauge({
    name: 'foregsyte_queue_jobs',
    help: 'Entries of the queue by state: waiting, delayed, delivered or dead.',
    labelNames: ['state'],
    registers,
  });
  const oldest = new Gauge({
    name: 'foregsyte_queue_oldest_waiting_seconds',
    help: 'For how long the oldest job that could be run has waited for a worker; 0 when none waits.',
    registers,
  });
  const videoBytes = new Gauge({
    name: 'foregsyte_stored_video_bytes',
    help: 'Bytes of the videos of jobs and of uploads without a job.',
    registers,
  });

  const show = (state: ServiceState) => {
    const { oldestWaitingSeconds, ...counts } = state.queue;
    for (const status of JOB_STATUSES) jobs.set({ state: status }, state.jobs[status] ?? 0);
    for (const [name, count] of Object.entries(counts)) queued.set({ state: name }, count);
    oldest.set(oldestWaitingSeconds);
    videoBytes.set(state.videoBytes);
    databaseUp.set(1);
  };
  const showNothing = (isUp: boolean) => {
    databaseUp.set(isUp ? 1 : 0);
    for (const gauge of [jobs, queued]) gauge.reset();
    for (const gauge of [oldest, videoBytes]) gauge.remove();
  };
  showNothing(false);

  return (dataSource) => {
    const read = shareRunning(() => readServiceState(dataSource));
    metrics.beforeScrape(async () => {
      try {
        show(await withTimeLimit(read(), ANSWER_MS, () => new Error('The database does not answer.')));
      } catch (error) {
        logger.debug({ err: error }, 'the state of the service could not be read for a scrape');
        // It takes a database that works to give a statement up.
        showNothing(codeOf(error) === STATEMENT_GIVEN_UP);
      }
    });
  };
}
