import { constants } from 'node:fs';
import { AppError } from '../errors.ts';
import type { FileCalls } from './file-calls.ts';

/** No room on the disk, or none left of what this user may occupy. */
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Makes a rename in `folder` survive a power cut. */
export async function flushFolder(folder: string, calls: FileCalls): Promise<void> {
  const handle = await calls.open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Makes an error of the file system a STORAGE_FULL or STORAGE_FAILED; any other goes on as it is. `doing` completes
 * "could not".
 */
export async function translateErrors<T>(doing: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    // Only what the file system says is ours; an error of the source goes on as it is.
    if (error instanceof AppError || errnoOf(error) === undefined) throw error;
    throw storageError(doing, error);
  }
}

/** What a client may know of a failed system call: STORAGE_FULL when there is no room left, else STORAGE_FAILED. */
export function storageError(doing: string, cause: unknown): AppError {
  const errno = errnoOf(cause);
  if (errno !== undefined && FULL.has(errno)) {
    return new AppError(
      'STORAGE_FULL',
      `Storage could not ${doing}: the disk is full. Try again later, when the operator has made room.`,
      { cause },
    );
  }
  return new AppError(
    'STORAGE_FAILED',
    `Storage could not ${doing}: the file system answered ${errno}. Ask the operator to look at its disk.`,
    { cause },
  );
}

/** The `errno` name of a failed system call; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if (!('syscall' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
