import { basename } from 'node:path';
import { AppError } from '../../../src/errors.ts';
import { catalogue, type Catalogue } from './catalogue.ts';
import { hashModel } from './hash-model.ts';
import { type ModelManifest, readManifest } from './manifest.ts';

/** A model on disk whose files are what its manifest says. */
export interface LocalModel {
  directory: string;
  manifest: ModelManifest;
  /** SHA-256 over the model's files, hex; see hash-model.ts. */
  sha256: string;
}

/**
 * Reads a model's manifest and checks its files: against the catalogue if the model is listed there, and
 * against the hash in its manifest if that has one.
 * @throws AppError MODEL_UNAVAILABLE when the model is missing, incomplete or altered.
 */
export async function loadModel(directory: string, models: Catalogue = catalogue): Promise<LocalModel> {
  const manifest = await readManifest(directory);
  const sha256 = await hashFiles(directory);
  const pinned = Object.values(models).find((entry) => entry.manifest.name === manifest.name);
  for (const expected of [pinned?.manifest.sha256, manifest.sha256]) {
    if (expected === undefined || expected === sha256) continue;
    throw new AppError(
      'MODEL_UNAVAILABLE',
      `The files of the detection model in ${basename(directory)} are not the expected ones. ` +
        'Run `npm run models:fetch` to fetch them again, or give your own model a name of its own.',
      { details: { expected, found: sha256 } },
    );
  }
  return { directory, manifest, sha256 };
}

async function hashFiles(directory: string): Promise<string> {
  try {
    return await hashModel(directory);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'MODEL_UNAVAILABLE',
      `The detection model in ${basename(directory)} is incomplete. Run \`npm run models:fetch\`, then start again.`,
      { cause: error },
    );
  }
}
