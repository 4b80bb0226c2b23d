import { afterEach, describe, expect, it } from '@jest/globals';
import { connectDataSource } from '../../../src/database/data-source.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { createMetrics, type Metrics } from '../../../src/metrics/create-metrics.ts';
import { createServiceStateMetrics } from '../../../src/metrics/service-state-metrics.ts';
import { startFreezingProxy } from '../../helpers/freezing-proxy.ts';
import { insertJob, removeAllJobs } from '../../helpers/job-loop.ts';
import { scrapedValues } from '../../helpers/scraped-values.ts';
import { useTestServices } from '../../helpers/test-services.ts';

const services = useTestServices();
afterEach(() => removeAllJobs(services()));

const newMetrics = () => createMetrics({ role: 'api', version: '0', isScraped: false });
const valuesOf = async (metrics: Metrics) => scrapedValues((await metrics.scrape()).text);
const watched = () => {
  const metrics = newMetrics();
  createServiceStateMetrics(metrics, createSilentLogger())(services().dataSource);
  return metrics;
};

describe('the metrics of what all processes share', () => {
  it('count jobs, entries of the queue and bytes of videos', async () => {
    await insertJob(services(), { sizeBytes: 1_000 });
    await insertJob(services(), { sizeBytes: 200 });
    const done = await insertJob(services(), { sizeBytes: 30, status: 'completed' });
    await services().queue.remove(done);
    const delayed = await insertJob(services());
    await services().queue.remove(delayed);
    await services().queue.enqueue(delayed, { delayMs: 3_600_000 });
    await services().queue.bury(done);
    await services().queue.dequeue();

    expect(Object.fromEntries(await valuesOf(watched()))).toMatchObject({
      foregsyte_database_up: 1,
      'foregsyte_jobs{state="pending"}': 3,
      'foregsyte_jobs{state="running"}': 0,
      'foregsyte_jobs{state="completed"}': 1,
      'foregsyte_jobs{state="failed"}': 0,
      'foregsyte_jobs{state="canceled"}': 0,
      'foregsyte_queue_jobs{state="waiting"}': 1,
      'foregsyte_queue_jobs{state="delayed"}': 1,
      'foregsyte_queue_jobs{state="delivered"}': 1,
      'foregsyte_queue_jobs{state="dead"}': 1,
      foregsyte_stored_video_bytes: 1_231,
    });
  });

  it('tell how long the oldest entry has waited since it was put into the queue, or back', async () => {
    const metrics = watched();
    const age = async () => (await valuesOf(metrics)).get('foregsyte_queue_oldest_waiting_seconds');
    expect(await age()).toBe(0);
    const jobId = await insertJob(services());
    await services().dataSource.query(
      `UPDATE pgboss.job SET created_on = now() - interval '1 hour', start_after = now() - interval '1 hour' WHERE id = $1`,
      [jobId],
    );
    expect(await age()).toBeGreaterThanOrEqual(3_600);
    const entry = await services().queue.dequeue();
    expect(await age()).toBe(0);
    if (!entry) throw new Error('nothing was dequeued');
    await services().queue.release(entry);
    expect(await age()).toBeLessThan(600);
  });

  it('ask the database once for scrapes that come together', async () => {
    const { dataSource } = services();
    let asked = 0;
    const counting = new Proxy(dataSource, {
      get(target, name) {
        if (name === 'transaction') asked += 1;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const metrics = newMetrics();
    createServiceStateMetrics(metrics, createSilentLogger())(counting);
    const [first, second] = await Promise.all([metrics.scrape(), metrics.scrape()]);
    expect(second).toBe(first);
    expect(asked).toBe(1);
    await metrics.scrape();
    expect(asked).toBe(2);
  });

  it('do not call a database down that takes too long to count', async () => {
    const { dataSource } = services();
    const metrics = watched();
    await dataSource.transaction(async (transaction) => {
      await transaction.query('LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE');
      const values = await valuesOf(metrics);
      expect(values.get('foregsyte_database_up')).toBe(1);
      expect(values.has('foregsyte_jobs{state="pending"}')).toBe(false);
      // By this the alert ForegsyteQueueUnknown knows it.
      expect(values.has('foregsyte_queue_oldest_waiting_seconds')).toBe(false);
    });
    expect((await valuesOf(metrics)).has('foregsyte_jobs{state="pending"}')).toBe(true);
  });

  it('say that the database is down, and nothing old, while it is frozen', async () => {
    const proxy = await startFreezingProxy(services().databaseUrl);
    const dataSource = await connectDataSource(proxy.url);
    const metrics = newMetrics();
    try {
      createServiceStateMetrics(metrics, createSilentLogger())(dataSource);
      expect((await valuesOf(metrics)).get('foregsyte_database_up')).toBe(1);
      proxy.freeze();
      const begun = performance.now();
      const values = await valuesOf(metrics);
      expect(performance.now() - begun).toBeLessThan(6_000);
      expect(values.get('foregsyte_database_up')).toBe(0);
      const stale = [...values.keys()].filter((name) => /foregsyte_(jobs|queue|stored)/.test(name));
      expect(stale).toEqual([]);
    } finally {
      await proxy.close();
      await dataSource.destroy();
    }
  });
});
