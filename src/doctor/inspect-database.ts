import { z } from 'zod';
import type { Config } from '../config.ts';
import { connectDataSource } from '../database/data-source.ts';
import { findEmbeddedPostgres, findInstallation } from '../database/embedded-postgres.ts';
import { assertMigrated } from '../database/run-migrations.ts';
import { requireUnicode, UNICODE_DATABASE } from '../database/text-rules.ts';
import { isUnavailable } from '../database/unavailable.ts';
import { toAppError } from '../errors.ts';
import { fine, note, type Observation } from './finding.ts';

const LOCALE_ADVICE =
  'The locale of the database knows English letters alone: a search finds no names of files with others. ' +
  `Dump it and restore it into one that was created with ${UNICODE_DATABASE}.`;

/** Whether the Postgres of DATABASE_URL answers, is migrated and knows all letters, or else the embedded one is installed. */
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
  const { version, knowsAllLetters } = await readServer(databaseUrl);
  const found = `${version}, ${which}`;
  try {
    await assertMigrated(databaseUrl);
  } catch (error) {
    return note(found, toAppError(error).message);
  }
  return knowsAllLetters ? fine(`${found}, migrated`) : note(`${found}, migrated`, LOCALE_ADVICE);
}

async function readServer(databaseUrl: string): Promise<{ version: string; knowsAllLetters: boolean }> {
  const dataSource = await connectDataSource(databaseUrl);
  try {
    const { knowsAllLetters } = await requireUnicode(dataSource);
    const rows = await dataSource.query('SHOW server_version');
    const [{ server_version: version }] = z.tuple([z.object({ server_version: z.string() })]).parse(rows);
    return { version, knowsAllLetters };
  } finally {
    await dataSource.destroy();
  }
}
