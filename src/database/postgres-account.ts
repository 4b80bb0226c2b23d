import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../errors.ts';

const run = promisify(execFile);

/** The unprivileged system user that Postgres runs as when we are root. */
const SYSTEM_USER = 'foregsyte';
/** Where Postgres lives when its user cannot reach our own folder, for instance one below /root. */
const SYSTEM_FOLDER = '/var/lib/foregsyte';

/** Who runs Postgres, from where, and in which folder it keeps its cluster. */
export interface PostgresHome {
  /** User and group to run as; empty for our own. */
  account: { uid?: number; gid?: number };
  /** Folder with `bin`, `lib` and `share` of Postgres. */
  installation: string;
  /** Existing folder, owned by the account, in which the cluster's folder is made. */
  clusterParent: string;
}

/**
 * Postgres refuses to run as root. For an ordinary user everything stays where it is; for root, an own system user is
 * made, and what that user cannot reach is placed under /var/lib/foregsyte.
 * @throws AppError TOOL_UNAVAILABLE when the user cannot be made.
 */
export async function preparePostgresHome(options: {
  installation: string;
  dataDirectory: string;
}): Promise<PostgresHome> {
  const { installation, dataDirectory } = options;
  await mkdir(dataDirectory, { recursive: true });
  if (process.getuid?.() !== 0) {
    const [ownFolder] = clusterParents(dataDirectory);
    await mkdir(ownFolder, { recursive: true, mode: 0o700 });
    return { account: {}, installation, clusterParent: ownFolder };
  }

  const account = await ensureSystemUser();
  const reachable = (await isOpenToAll(installation)) && (await isOpenToAll(dataDirectory));
  if (!reachable) await mkdir(SYSTEM_FOLDER, { recursive: true, mode: 0o755 });
  const [beside, apart] = clusterParents(dataDirectory);
  const clusterParent = reachable ? beside : apart;
  await makePrivateFolder(clusterParent, account);
  return {
    account,
    clusterParent,
    installation: reachable ? installation : await copyInstallation(installation),
  };
}

/** Where the cluster of a data directory can be: in it, or for root, below a folder that others cannot enter, apart. */
export function clusterParents(dataDirectory: string): [beside: string, apart: string] {
  return [join(dataDirectory, 'postgres'), join(SYSTEM_FOLDER, shortHash(dataDirectory))];
}

async function ensureSystemUser(): Promise<{ uid: number; gid: number }> {
  try {
    return await lookUpUser();
  } catch {
    // The user is not there yet.
  }
  try {
    const flags = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];
    await run('useradd', [...flags, '--shell', '/usr/sbin/nologin', SYSTEM_USER]);
    return await lookUpUser();
  } catch (cause) {
    throw new AppError(
      'TOOL_UNAVAILABLE',
      `Postgres does not run as root, and the system user "${SYSTEM_USER}" could not be made. ` +
        'Run as an ordinary user, create that user, or set DATABASE_URL to a Postgres of yours.',
      { cause },
    );
  }
}

async function lookUpUser(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([run('id', ['-u', SYSTEM_USER]), run('id', ['-g', SYSTEM_USER])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** Whether any user may enter the folder and everything above it. */
async function isOpenToAll(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) return false;
  const parent = dirname(folder);
  return parent === folder || isOpenToAll(parent);
}

async function makePrivateFolder(folder: string, account: { uid: number; gid: number }): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await run('chown', [`${account.uid}:${account.gid}`, folder]);
}

async function copyInstallation(installation: string): Promise<string> {
  const target = join(SYSTEM_FOLDER, `${basename(installation)}-${shortHash(installation)}`);
  if (await exists(target)) return target;
  const partial = `${target}.${process.pid}`;
  await cp(installation, partial, { recursive: true, verbatimSymlinks: true });
  try {
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another process may have been faster.
    if (!(await exists(target))) throw error;
  }
  return target;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
