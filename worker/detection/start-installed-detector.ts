import { AppError } from '../../src/errors.ts';
import { listModelNames, modelDirectory } from './models/model-directory.ts';
import type { ObjectDetector } from './object-detector.ts';
import { createThreadDetector, type ThreadDetectorOptions } from './tensorflow/thread-detector.ts';

/**
 * Starts the detector of a model that is in the models' folder. The caller closes it.
 * @throws AppError MODEL_UNAVAILABLE when there is no such model, listing those there are, or when it is damaged or does
 * not run: what exactly is wrong stands in its cause, for the log.
 */
export async function startInstalledDetector(
  modelsDirectory: string,
  name: string,
  options: Omit<ThreadDetectorOptions, 'modelDirectory'>,
): Promise<ObjectDetector> {
  const directory = modelDirectory(modelsDirectory, name);
  const names = await listModelNames(modelsDirectory);
  if (!names.includes(name)) {
    throw new AppError(
      'MODEL_UNAVAILABLE',
      `This worker has no detection model called "${name}". It has: ${names.join(', ') || 'none'}. Submit the video again ` +
        'with one of these, or have the operator add it: `npm run models:fetch` for the default one, else `foregsyte models`.',
      { details: { argument: 'options.model' } },
    );
  }
  try {
    return await createThreadDetector({ ...options, modelDirectory: directory });
  } catch (cause) {
    throw new AppError(
      'MODEL_UNAVAILABLE',
      `The detection model "${name}" does not run on this worker. Submit the video again with another one, or have the ` +
        `operator see the log and \`foregsyte models check ${name}\`.`,
      { cause },
    );
  }
}
