import { chmod } from 'node:fs/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/database/embedded-postgres.ts';
import { createSilentLogger } from '../../src/logger.ts';

/** Starts a Postgres for one test file alone, which may stop it, in `dataDirectory`: anew when it ran there before. */
export async function startOwnPostgres(dataDirectory: string, port?: number): Promise<EmbeddedPostgres> {
  // As root, Postgres runs as a user who must be able to reach the folder.
  await chmod(dataDirectory, 0o755);
  return startEmbeddedPostgres({
    dataDirectory,
    logger: createSilentLogger(),
    settings: { fsync: 'off' },
    ...(port === undefined ? {} : { port }),
  });
}

/** The port of a database's URL. */
export function portOf(databaseUrl: string): number {
  return Number(new URL(databaseUrl).port);
}
