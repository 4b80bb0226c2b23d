import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PostgresHome } from './postgres-account.ts';
import { runPostgresProgram } from './run-postgres-program.ts';

/** The first Postgres that has a locale of its own. */
const FIRST_WITH_OWN_LOCALE = 17;

/**
 * Makes a cluster with a password for its one role. It is made under another name and renamed, so that an interrupted
 * first run leaves no half cluster.
 * @throws AppError TOOL_UNAVAILABLE when initdb fails.
 */
export async function createCluster(options: {
  home: PostgresHome;
  cluster: string;
  role: string;
  password: string;
}): Promise<void> {
  const { home, cluster, role, password } = options;
  const partial = `${cluster}.new`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(home.clusterParent, { recursive: true });
  const passwordFile = join(home.clusterParent, 'initial-password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  try {
    const { uid, gid } = home.account;
    if (uid !== undefined && gid !== undefined) await chown(passwordFile, uid, gid);
    const identity = ['--username', role, '--pwfile', passwordFile, '--auth', 'scram-sha-256'];
    const locale = localeOptions(await runPostgresProgram(home, 'initdb', ['--version']));
    const encoding = ['--encoding', 'UTF8', ...locale];
    await runPostgresProgram(home, 'initdb', [
      '--pgdata',
      partial,
      ...identity,
      ...encoding,
      '--no-instructions',
    ]);
    await rename(partial, cluster);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/**
 * Options of initdb for a locale that sorts by code and knows the letters of every language, because the search in names
 * needs them: that of Postgres itself, which is the same on every system, or that of the system for versions that have
 * none. `version` is what `initdb --version` prints, such as `initdb (PostgreSQL) 18.4`.
 */
export function localeOptions(version: string): string[] {
  const major = Number(/(\d+)/.exec(version)?.[1]);
  const locale = ['--locale', 'C.UTF-8'];
  return major < FIRST_WITH_OWN_LOCALE ? locale : ['--locale-provider', 'builtin', ...locale];
}
