import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../src/errors.ts';
import { MODEL_NAME, MODEL_NAME_RULE } from '../../../src/jobs/model-name.ts';
import { errnoOf } from '../../../src/storage/file-errors.ts';

/**
 * The folder of the model called `name`; it need not exist, and is never outside of the models' folder.
 * @throws AppError INVALID_ARGUMENT when nothing can be called so.
 */
export function modelDirectory(modelsDirectory: string, name: string): string {
  if (MODEL_NAME.test(name)) return join(modelsDirectory, name);
  throw new AppError('INVALID_ARGUMENT', `The name of a model ${MODEL_NAME_RULE}.`, {
    details: { argument: 'model' },
  });
}

/** Names of the folders in the models' folder that a model may lie in, in order; none when that is missing. */
export async function listModelNames(modelsDirectory: string): Promise<string[]> {
  try {
    const entries = await readdir(modelsDirectory, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory() && MODEL_NAME.test(entry.name));
    return folders.map(({ name }) => name).toSorted();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
