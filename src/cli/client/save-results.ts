import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../errors.ts';
import { CommandFailure } from '../command-failure.ts';

/**
 * Writes what comes to the file `output`, or to standard output when there is none. The file has its name only when
 * it is whole.
 * @throws AppError STORAGE_FAILED when it cannot be written; what the source or the signal throws.
 */
export async function saveResults(
  source: AsyncIterable<Uint8Array | string>,
  output: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (output === undefined) {
    await pipeline(source, process.stdout, { end: false, signal });
    return;
  }
  const partial = `${output}.${process.pid}.part`;
  try {
    await pipeline(source, createWriteStream(partial), { signal });
    await rename(partial, output);
  } catch (cause) {
    await rm(partial, { force: true });
    signal.throwIfAborted();
    if (cause instanceof CommandFailure) throw cause;
    throw new AppError('STORAGE_FAILED', 'The file cannot be written. Check the folder and the free space.', {
      cause,
    });
  }
}
