import { rm } from 'node:fs/promises';
import { AppError } from '../../../src/errors.ts';
import { listModelNames, modelDirectory } from './model-directory.ts';

/**
 * Removes a model's folder with all that is in it.
 * @throws AppError INVALID_ARGUMENT when there is no such model, listing those there are.
 */
export async function removeModel(modelsDirectory: string, name: string): Promise<void> {
  const directory = modelDirectory(modelsDirectory, name);
  const names = await listModelNames(modelsDirectory);
  if (!names.includes(name)) {
    throw new AppError(
      'INVALID_ARGUMENT',
      `There is no model called "${name}". There are: ${names.join(', ') || 'none'}.`,
    );
  }
  await rm(directory, { recursive: true });
}
