import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { z } from 'zod';
import { childEnvironment, projectRoot } from '../../src/config.ts';
import { startServiceProcess, type ServiceProcess } from '../../src/processes/service-process.ts';
import { recordHistory } from './chaos-history.ts';
import { processesOf, signalAll } from './chaos-processes.ts';
import { createSql, type Sql } from './chaos-sql.ts';
import { createServiceClient, fileAsBlob, submittedJobId, TINY_VIDEO } from './running-service.ts';
import type { ServiceClient } from './running-service.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { waitFor } from './wait-for.ts';

/** A worker as two processes. */
export interface ChaosWorker {
  supervisor: ServiceProcess;
  /** Process id of the child that works now. */
  childPid(): number;
  /** What supervisor and children have logged. */
  log(): string;
}

/** An API and workers that a test may treat as it likes. */
export interface ChaosService {
  dataDirectory: string;
  storage: string;
  /** A path for a file by which the test and the processes tell each other something. */
  marker(name: string): string;
  databaseUrl: string;
  sql: Sql;
  /** The API that was started last, and a client of it. */
  api(): ServiceProcess;
  client(): ServiceClient;
  startApi(environment?: Record<string, string>): Promise<ServiceProcess>;
  startWorker(name: string, environment?: Record<string, string>): Promise<ChaosWorker>;
  /** Submits a video, the small test video unless another is given, and resolves to the id of its job. */
  submit(samplesPerSecond: number, path?: string): Promise<string>;
  /** Waits until the job's row has the status. */
  waitForStatus(jobId: string, status: string, timeoutMs?: number): Promise<void>;
  /** Stops every process that still runs. */
  stop(): Promise<void>;
}

/** Light workers, which note every frame and try again at once. */
const ENVIRONMENT = {
  DETECTION_THREADS: '1',
  // Results are compared to the last digit.
  DETECTION_BATCH: '1',
  OCR_WORKERS: '1',
  CHECKPOINT_MS: '0',
  RETRY_DELAY_MS: '0',
  WORKER_POLL_MS: '100',
  SHUTDOWN_GRACE_MS: '0',
  MIN_FREE_BYTES: '0',
  LOG_LEVEL: 'info',
  PORT: '0',
};
const STOP_MS = 20_000;
const childSchema = z.object({ name: z.literal('supervisor'), childPid: z.number() });

/**
 * Starts an API before the tests, on a folder and a database of their own unless others are given, and ends whatever runs after
 * them. The returned function gives the service to a test. To be called outside of tests and hooks.
 */
export function useChaosService(
  options: {
    environment?: Record<string, string>;
    dataDirectory?: string;
    database?: () => Promise<TestDatabase>;
  } = {},
): () => ChaosService {
  let database: TestDatabase;
  let service: ChaosService;
  // Registered first, because a folder must outlive the processes that work in it.
  afterAll(async () => {
    await service.stop();
    signalAll(await processesOf(dataDirectory), 'SIGKILL');
    await database.drop();
  });
  const dataDirectory = options.dataDirectory ?? temporaryDirectory();
  beforeAll(async () => {
    chmodSync(dataDirectory, 0o755);
    database = await (options.database ?? createTestDatabase)();
    const environment = { ...ENVIRONMENT, ...options.environment };
    service = createChaosService(dataDirectory, database.url, environment);
    await service.startApi();
    await recordHistory(service.sql);
  });
  return () => service;
}

function createChaosService(
  dataDirectory: string,
  databaseUrl: string,
  common: Record<string, string>,
): ChaosService {
  const markers = join(dataDirectory, 'markers');
  mkdirSync(markers);
  const running = new Set<ServiceProcess>();
  const sql = createSql(databaseUrl);
  let latest: ServiceProcess | undefined;

  const start = async (name: string, entry: string, environment: Record<string, string>) => {
    const started = await startServiceProcess({
      name,
      entry: join(projectRoot, 'dist', entry),
      environment: childEnvironment({
        ...common,
        DATABASE_URL: databaseUrl,
        DATA_DIR: dataDirectory,
        MODELS_DIR: join(projectRoot, 'data', 'models'),
        ...environment,
      }),
      logFile: join(dataDirectory, `${name}.log`),
      signal: AbortSignal.timeout(120_000),
    });
    running.add(started);
    void started.exited.then(() => running.delete(started));
    return started;
  };
  const api = (): ServiceProcess => {
    if (!latest) throw new Error('No API was started.');
    return latest;
  };
  const client = () => createServiceClient(api().ready);

  return {
    dataDirectory,
    storage: join(dataDirectory, 'storage'),
    marker: (name) => join(markers, name),
    databaseUrl,
    sql,
    api,
    client,
    async startApi(environment = {}) {
      latest = await start('api', 'src/main.js', environment);
      return latest;
    },
    async startWorker(name, environment = {}) {
      const logFile = join(dataDirectory, `${name}.log`);
      writeFileSync(logFile, '');
      const supervisor = await start(name, 'worker/main.js', environment);
      const log = () => readFileSync(logFile, 'utf8');
      return { supervisor, log, childPid: () => lastChildIn(log()) };
    },
    async submit(samplesPerSecond, path = TINY_VIDEO) {
      const options = { samplesPerSecond };
      return submittedJobId(await client().submit(await fileAsBlob(path), 'video.mp4', { options }));
    },
    async waitForStatus(jobId, status, timeoutMs = 100_000) {
      let last: unknown;
      const look = async () => {
        [last] = await sql('SELECT status, error_code, attempt, stage FROM jobs WHERE job_id = $1', [jobId]);
        return z.object({ status: z.literal(status) }).safeParse(last).success ? true : undefined;
      };
      await waitFor(look, timeoutMs, `job ${jobId} to be ${status}`).catch((error: unknown) => {
        throw new Error(`It was ${JSON.stringify(last)}.`, { cause: error });
      });
    },
    async stop() {
      await Promise.all([...running].map((one) => one.stop(STOP_MS)));
    },
  };
}

function lastChildIn(log: string): number {
  const pids = log.split('\n').flatMap((line) => {
    const parsed = childSchema.safeParse(line.startsWith('{') ? JSON.parse(line) : undefined);
    return parsed.success ? [parsed.data.childPid] : [];
  });
  return z.number().parse(pids.at(-1));
}
