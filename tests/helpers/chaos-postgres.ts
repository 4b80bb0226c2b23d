import { execFile } from 'node:child_process';
import { chmod, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.ts';
import { createSilentLogger } from '../../src/logger.ts';
import { createSql } from './chaos-sql.ts';
import type { TestDatabase } from './test-database.ts';

const run = promisify(execFile);

/** A Postgres that a test may treat as it likes. */
export interface ChaosPostgres extends TestDatabase {
  /** Ends it as a crash does, and starts it again on the same port. */
  crashAndRestart(): Promise<void>;
}

/** Starts a Postgres of one test alone. */
export async function startChaosPostgres(dataDirectory: string): Promise<ChaosPostgres> {
  await chmod(dataDirectory, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDirectory, logger: createSilentLogger() });
  const [settings] = await createSql(postgres.databaseUrl)<{ data_directory: string }>('SHOW data_directory');
  const cluster = settings?.data_directory ?? '';
  return {
    url: postgres.databaseUrl,
    drop: () => postgres.stop(),
    async crashAndRestart() {
      // It remembers its own command line, and pg_ctl lies beside its program.
      const [program = ''] = (await readFile(join(cluster, 'postmaster.opts'), 'utf8')).split(' ');
      const { uid, gid } = await stat(cluster);
      const options = ['--mode', 'immediate', '--wait', '--log', join(cluster, 'server.log')];
      await run(join(dirname(program), 'pg_ctl'), ['restart', '--pgdata', cluster, ...options], {
        cwd: cluster,
        timeout: 60_000,
        ...(process.getuid?.() === 0 ? { uid, gid } : {}),
      });
    },
  };
}
