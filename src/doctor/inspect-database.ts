import { z } from 'zod';
import type { Config } from '../config.ts';
import { connectDataSource } from '../database/data-source.ts';
import { findEmbeddedPostgres, findInstallation } from '../database/embedded-postgres.ts';
import { assertMigrated } from '../database/run-migrations.ts';
import { isUnavailable } from '../database/unavailable.ts';
import { toAppError } from '../errors.ts';
import { fine, note, type Observation } from './finding.ts';

/** Whether the Postgres of DATABASE_URL answers and is migrated, or else the embedded one is installed. */
export async function inspectDatabase(
  config: Pick<Config, 'DATABASE_URL' | 'DATA_DIR'>,
): Promise<Observation> {
  const { DATABASE_URL, DATA_DIR } = config;
  if (DATABASE_URL !== undefined) return inspectServer(DATABASE_URL, 'of DATABASE_URL');
  const embedded = await findEmbeddedPostgres(DATA_DIR);
  if (embedded === null) return inspectInstallation();
  return inspectServer(embedded, 'embedded, running').catch((error: unknown) => {
    // A crash leaves the address of a server that is gone; the next start takes care of it.
    if (isUnavailable(toAppError(error))) return inspectInstallation();
    throw error;
  });
}

async function inspectInstallation(): Promise<Observation> {
  await findInstallation();
  return fine('embedded, not running: `npm start` starts it');
}

async function inspectServer(databaseUrl: string, which: string): Promise<Observation> {
  const found = `${await readVersion(databaseUrl)}, ${which}`;
  try {
    await assertMigrated(databaseUrl);
    return fine(`${found}, migrated`);
  } catch (error) {
    return note(found, toAppError(error).message);
  }
}

async function readVersion(databaseUrl: string): Promise<string> {
  const dataSource = await connectDataSource(databaseUrl);
  try {
    const rows = await dataSource.query('SHOW server_version');
    return z.tuple([z.object({ server_version: z.string() })]).parse(rows)[0].server_version;
  } finally {
    await dataSource.destroy();
  }
}
