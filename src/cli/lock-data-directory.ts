import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { AppError } from '../errors.ts';

/** A launcher that was killed stops refreshing its lock; after this long another may take it. */
const STALE_MS = 5_000;

/**
 * Takes the data directory for this process alone; resolves to the function that gives it back.
 * Waits a little, because a lock left by a killed process only shows by its age.
 * @throws AppError INVALID_CONFIGURATION when another running launcher has it.
 */
export async function lockDataDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  try {
    return await lock(directory, {
      lockfilePath: join(directory, 'lock'),
      stale: STALE_MS,
      retries: { retries: 14, minTimeout: 500, maxTimeout: 500 },
    });
  } catch (cause) {
    throw new AppError(
      'INVALID_CONFIGURATION',
      'Another Foregsyte is using the data directory. Stop it, or set DATA_DIR to another folder.',
      { cause },
    );
  }
}
