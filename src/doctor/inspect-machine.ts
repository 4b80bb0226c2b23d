import { access, constants, mkdtemp, rm, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import { requireNode } from '../require-node.ts';
import { fine, type Observation } from './finding.ts';

const MIB = 1024 ** 2;

/** Whether this Node.js is new enough, and how many cores it may use. */
export async function inspectNode(): Promise<Observation> {
  requireNode();
  return fine(`${process.versions.node}, ${availableParallelism()} cores`);
}

/** Whether the data folder can be written to, and has more free space than MIN_FREE_BYTES. */
export async function inspectDataFolder(
  config: Pick<Config, 'DATA_DIR' | 'MIN_FREE_BYTES'>,
): Promise<Observation> {
  const folder = await nearestFolder(config.DATA_DIR);
  try {
    // Only writing tells: permissions do not know of read-only disks.
    await rm(await mkdtemp(join(folder, '.doctor-')), { recursive: true });
  } catch (cause) {
    throw new AppError(
      'STORAGE_FAILED',
      `${folder} cannot be written to. Give this user the right to, or set DATA_DIR to another folder.`,
      { cause },
    );
  }
  const { bavail, bsize } = await statfs(folder);
  const free = `${Math.floor((bavail * bsize) / MIB)} MiB`;
  if (bavail * bsize < config.MIN_FREE_BYTES) {
    throw new AppError(
      'STORAGE_FULL',
      `The disk of ${config.DATA_DIR} has ${free} left, and MIN_FREE_BYTES asks for ` +
        `${Math.ceil(config.MIN_FREE_BYTES / MIB)} MiB. Make room, set DATA_DIR to another disk, or lower it.`,
    );
  }
  return fine(`${config.DATA_DIR}, ${free} free`);
}

/** The folder itself or, before the first start, the one it will be made in. */
async function nearestFolder(folder: string): Promise<string> {
  try {
    await access(folder, constants.F_OK);
    return folder;
  } catch {
    return nearestFolder(dirname(folder));
  }
}
