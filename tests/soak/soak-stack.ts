import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiKeys } from '../../dist/src/access/api-keys.js';
import { childEnvironment, projectRoot } from '../../dist/src/config.js';
import { connectDataSource } from '../../dist/src/database/data-source.js';
import { createReleaseStack } from '../../dist/src/release-stack.js';
import { startLogged } from './logged-process.ts';
import { createProductLog, type ProductLog } from './product-log.ts';
import { startSoakDatabase, type SoakDatabase } from './soak-database.ts';
import { openWorkerSlot, type WorkerSlot } from './worker-slot.ts';

const OWNERS = ['ann', 'bob', 'cleo'] as const;
const WORKERS = 4;

/** Everything that the run puts under load: one API, four supervised workers, one Postgres, and keys of three owners. */
export interface SoakStack {
  directory: string;
  /** What the services in this process are configured by. */
  environment: Record<string, string>;
  database: SoakDatabase;
  url: string;
  keys: ReadonlyMap<string, string>;
  slots: readonly WorkerSlot[];
  log: ProductLog;
  /** Every process of the product that was ever started. */
  pids: ReadonlySet<number>;
  /** Stops workers and API, in this order. */
  stopProcesses(): Promise<void>;
  /** Stops what still runs, and removes the folder unless it is to be looked at. */
  close(options: { keepFolder: boolean }): Promise<void>;
}

/** Checkpoints, sweeps and retries come so often that a short run meets all of them. */
const WORKER_SETTINGS = {
  DETECTION_THREADS: '1',
  // Results are compared to the last digit.
  DETECTION_BATCH: '1',
  OCR_WORKERS: '1',
  CHECKPOINT_MS: '100',
  SHUTDOWN_GRACE_MS: '500',
  SWEEP_INTERVAL_MS: '1000',
  RETRY_DELAY_MS: '200',
  RETRY_MAX_DELAY_MS: '2000',
  WORKER_POLL_MS: '100',
};
const UNLIMITED = {
  REQUESTS_PER_MINUTE: '1000000000',
  MAX_JOBS_WAITING: '1000000',
  MAX_UPLOADS_AT_ONCE: '100',
};

export async function startSoakStack(): Promise<SoakStack> {
  const owned = createReleaseStack();
  const directory = await mkdtemp(join(tmpdir(), 'foregsyte-soak-'));
  const pids = new Set<number>();
  const log = createProductLog();
  try {
    // As root, Postgres runs as a user who must be able to reach the folder.
    await chmod(directory, 0o755);
    await mkdir(join(directory, 'logs'));
    const database = await startSoakDatabase(directory);
    owned.add(() => database.stop());
    const keys = await makeKeys(database.url);

    const environment = {
      ...WORKER_SETTINGS,
      ...UNLIMITED,
      DATABASE_URL: database.url,
      DATA_DIR: directory,
      MODELS_DIR: join(projectRoot, 'data', 'models'),
      PORT: '0',
      NODE_ENV: 'production',
      AUTHENTICATION: 'keys',
      LOG_LEVEL: 'info',
    };
    const forProcesses = childEnvironment(environment);
    const fileOf = (name: string) => join(directory, 'logs', `${name}.log`);

    const stopping = createReleaseStack();
    owned.add(() => stopping.close());
    const api = startLogged({
      entry: join(projectRoot, 'dist', 'src', 'main.js'),
      environment: forProcesses,
      logFile: fileOf('api'),
      onLine: (line) => log.add(line),
    });
    pids.add(api.pid);
    stopping.add(async () => {
      api.kill('SIGTERM');
      await api.exited;
    });
    const slots = Array.from({ length: WORKERS }, (_unused, index) => {
      const name = `worker-${index + 1}`;
      const entry = join(projectRoot, 'dist', 'worker', 'main.js');
      return openWorkerSlot({ name, entry, environment: forProcesses, logFile: fileOf(name), log, pids });
    });
    stopping.add(async () => {
      await Promise.all(slots.map((slot) => slot.close()));
    });
    const [url] = await Promise.all([api.ready, ...slots.map(({ ready }) => ready)]);
    return {
      directory,
      environment,
      database,
      url,
      keys,
      slots,
      log,
      pids,
      stopProcesses: () => stopping.close(),
      async close({ keepFolder }) {
        await owned.close();
        if (!keepFolder) await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await owned.close();
    throw error;
  }
}

/** A key with all scopes for each owner. */
async function makeKeys(databaseUrl: string): Promise<Map<string, string>> {
  const dataSource = await connectDataSource(databaseUrl);
  try {
    const keys = new Map<string, string>();
    for (const owner of OWNERS) {
      const { key } = await createApiKeys(dataSource).create({ owner, name: 'soak', scopes: ['admin'] });
      keys.set(owner, key);
    }
    return keys;
  } finally {
    await dataSource.destroy();
  }
}
