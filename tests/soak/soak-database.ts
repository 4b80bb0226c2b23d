import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { startEmbeddedPostgres } from '../../dist/src/database/embedded-postgres.js';
import { clusterParents } from '../../dist/src/database/postgres-account.js';
import { migrateUp } from '../../dist/src/database/run-migrations.js';
import { createSilentLogger } from '../../dist/src/logger.js';

const run = promisify(execFile);

/** By when the server must have recovered. */
const RESTART_MS = 60_000;

/** An embedded Postgres of the run's own, migrated. */
export interface SoakDatabase {
  url: string;
  /** Ends the server without a shutdown, as a crash would, and starts it again. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it in `directory`, with the settings of the product. */
export async function startSoakDatabase(directory: string): Promise<SoakDatabase> {
  const logger = createSilentLogger();
  const settings = { max_connections: '200' };
  const postgres = await startEmbeddedPostgres({ dataDirectory: directory, logger, settings });
  await migrateUp(postgres.databaseUrl, logger);
  return {
    url: postgres.databaseUrl,
    crash: () => crashServer(directory),
    stop: () => postgres.stop(),
  };
}

async function crashServer(directory: string): Promise<void> {
  const cluster = clusterParents(directory)
    .map((parent) => join(parent, 'cluster'))
    .find((folder) => existsSync(folder));
  if (cluster === undefined) throw new Error('The database of the run is not where it is expected.');
  // The server notes how it was started: the first word is its program, beside which pg_ctl lies.
  const [program = ''] = (await readFile(join(cluster, 'postmaster.opts'), 'utf8')).split(' ');
  const { uid, gid } = await stat(cluster);
  const log = join(cluster, 'server.log');
  const args = ['restart', '--pgdata', cluster, '--mode', 'immediate', '--wait', '--log', log];
  await run(join(dirname(program), 'pg_ctl'), args, { uid, gid, cwd: cluster, timeout: RESTART_MS });
}
