import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { shareRunning } from '../share-running.ts';

/** Every metric of ours begins with it. */
const PREFIX = 'foregsyte_';

/** What a scrape is answered with. */
export interface Scrape {
  contentType: string;
  text: string;
}

/** The metrics of one process, in a registry of its own. */
export interface Metrics {
  readonly registry: Registry;
  /** Has `refresh` run before every scrape. It must not reject, and must not take long. */
  beforeScrape(refresh: () => Promise<void>): void;
  /** All metrics in the text format of Prometheus. Scrapes that come while one is answered share its answer. */
  scrape(): Promise<Scrape>;
}

/**
 * Makes the registry of a process that calls itself `role`. `isScraped`: whether anybody will ask; if not, neither the event
 * loop nor the garbage collector is measured, which costs a little all the time.
 */
export function createMetrics(options: {
  role: 'api' | 'worker';
  version: string;
  isScraped: boolean;
}): Metrics {
  const { role, version, isScraped } = options;
  const registry = new Registry();
  if (isScraped) collectDefaultMetrics({ register: registry, prefix: PREFIX });
  new Gauge({
    name: `${PREFIX}process_info`,
    help: 'Always 1; its labels say what the process is.',
    labelNames: ['role', 'version'],
    registers: [registry],
  }).set({ role, version }, 1);

  const refreshes: (() => Promise<void>)[] = [];
  return {
    registry,
    beforeScrape(refresh) {
      refreshes.push(refresh);
    },
    scrape: shareRunning(async () => {
      await Promise.all(refreshes.map((refresh) => refresh()));
      return { contentType: registry.contentType, text: await registry.metrics() };
    }),
  };
}
