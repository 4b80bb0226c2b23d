import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createServiceClient } from '../src/cli/client/service-client.ts';
import { submitFile } from '../src/cli/client/submit-file.ts';
import { assertCompleted, watchJobs } from '../src/cli/client/watch-jobs.ts';
import { metricsPorts } from '../src/metrics/metrics-ports.ts';
import { startStack } from '../src/cli/stack.ts';
import { projectRoot, readConfig } from '../src/config.ts';
import { createLogger } from '../src/logger.ts';
import { compareDocumented, compareQueries } from './metrics/compare-metrics.ts';
import { readDocumentedMetrics } from './metrics/documented-metrics.ts';
import { findTwoFreePorts } from './metrics/free-ports.ts';
import { parseScrapes } from './metrics/parse-scrape.ts';
import { readQueries } from './metrics/read-queries.ts';

/**
 * Starts the service, has it do one job, scrapes API and worker, and fails when docs/grafana-dashboard.json or
 * docs/prometheus-alerts.yaml ask for a metric, a label or a value of a label that neither exports, or docs/metrics.md
 * differs from what they export in a metric, its type, its labels or where it is from.
 */
const COMPLETION_MS = 30_000;

const METRICS_PORT = await findTwoFreePorts();
const config = readConfig({ ...process.env, METRICS_PORT: String(METRICS_PORT) });
const stack = await startStack({
  config,
  logger: createLogger({ name: 'metrics', level: 'warn' }),
  signal: AbortSignal.timeout(120_000),
  port: 0,
  logDirectory: join(config.DATA_DIR, 'logs'),
});
try {
  const signal = AbortSignal.timeout(COMPLETION_MS);
  const client = createServiceClient({ url: stack.url, signal });
  const { id } = await submitFile(client, join(projectRoot, 'tests', 'fixtures', 'tiny.mp4'));
  assertCompleted(
    await watchJobs(client, [id], { watcher: { update() {}, trouble: console.error }, signal }),
  );

  const { api, worker } = metricsPorts(config);
  const scrape = async (port: number | null) => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal });
    if (!response.ok) throw new Error(`The scrape of port ${port} was answered with ${response.status}.`);
    return response.text();
  };
  let work = await scrape(worker);
  // The attempt is counted a moment after its job is completed.
  while (!work.includes('foregsyte_attempts_total{')) {
    await delay(100, null, { signal });
    work = await scrape(worker);
  }
  const scraped = parseScrapes({ api: await scrape(api), worker: work });
  const queries = await readQueries();
  const complaints = [
    ...compareQueries(queries, scraped),
    ...compareDocumented(await readDocumentedMetrics(), scraped),
  ];
  for (const complaint of complaints) console.error(complaint);
  if (complaints.length > 0) process.exitCode = 1;
  else
    console.log(`${scraped.types.size} metrics are documented, and ${queries.length} queries find theirs.`);
} finally {
  await stack.close();
}
