import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { AppError } from '../errors.ts';

/** Makes a rename in `folder` survive a power cut. */
export async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes an error of the file system a STORAGE_FAILED; any other goes on as it is. `doing` completes "could not". */
export async function translateErrors<T>(doing: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    // Only what the file system says is ours; an error of the source goes on as it is.
    if (error instanceof AppError || errnoOf(error) === undefined) throw error;
    throw storageError(doing, error);
  }
}

/** What a client may know of a failed system call. */
export function storageError(doing: string, cause: unknown): AppError {
  const reason =
    errnoOf(cause) === 'ENOSPC' ? 'the disk is full' : `the file system answered ${errnoOf(cause)}`;
  return new AppError(
    'STORAGE_FAILED',
    `Storage could not ${doing}: ${reason}. Ask the operator to look at its disk.`,
    {
      cause,
    },
  );
}

/** The `errno` name of a failed system call; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if (!('syscall' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
