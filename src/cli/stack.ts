import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment, projectRoot, type Config } from '../config.ts';
import { startEmbeddedPostgres } from '../database/embedded-postgres.ts';
import type { Logger } from '../logger.ts';
import { metricsPorts } from '../metrics/metrics-ports.ts';
import { startServiceProcess } from '../processes/service-process.ts';
import { launcherDeadlineMs } from '../processes/stop-deadlines.ts';
import { createReleaseStack } from '../release-stack.ts';
import { lockDataDirectory } from './lock-data-directory.ts';

/** Postgres (unless DATABASE_URL names one), an API and a supervised worker, each its own process. */
export interface Stack {
  /** Base URL of the API. */
  url: string;
  /** Resolves with the name of the first process that ended by itself. */
  firstExit: Promise<string>;
  /** Stops worker, API and Postgres, in this order. */
  close(): Promise<void>;
}

/**
 * Starts the whole service on this machine. The API migrates the database; the worker waits for it.
 * `logDirectory`: where the processes' output goes, instead of our own.
 */
export async function startStack(options: {
  config: Config;
  logger: Logger;
  signal: AbortSignal;
  /** Port of the API; 0 for a free one. */
  port: number;
  logDirectory?: string;
}): Promise<Stack> {
  const { config, logger, signal, logDirectory } = options;
  const ports = metricsPorts(config);
  const owned = createReleaseStack();
  try {
    owned.add(await lockDataDirectory(config.DATA_DIR));
    if (logDirectory !== undefined) await mkdir(logDirectory, { recursive: true, mode: 0o700 });

    let databaseUrl = config.DATABASE_URL;
    if (databaseUrl === undefined) {
      const postgres = await startEmbeddedPostgres({ dataDirectory: config.DATA_DIR, logger });
      owned.add(() => postgres.stop());
      databaseUrl = postgres.databaseUrl;
    }

    const shared = { DATABASE_URL: databaseUrl, PORT: String(options.port) };
    const start = async (name: string, entry: string, own: Readonly<Record<string, string>>) => {
      const log = logDirectory === undefined ? {} : { logFile: join(logDirectory, `${name}.log`) };
      const service = await startServiceProcess({
        ...log,
        name,
        signal,
        environment: childEnvironment({ ...shared, ...own }),
        entry: join(projectRoot, 'dist', entry),
      });
      owned.add(() => service.stop(launcherDeadlineMs(config)));
      return service;
    };
    // Together: the worker loads its engines while the API migrates. Whichever fails, both have been added or ended.
    const [api, worker] = await Promise.allSettled([
      start('api', 'src/main.js', metricsPort(ports.api)),
      start('worker', 'worker/main.js', metricsPort(ports.worker)),
    ]);
    if (api.status === 'rejected') throw api.reason;
    if (worker.status === 'rejected') throw worker.reason;

    const exits = [api.value, worker.value].map(async (service) => {
      await service.exited;
      return service.name;
    });
    return { url: api.value.ready, firstExit: Promise.race(exits), close: () => owned.close() };
  } catch (error) {
    await owned.close();
    throw error;
  }
}

function metricsPort(port: number | null): Record<string, string> {
  return port === null ? {} : { METRICS_PORT: String(port) };
}
