import { toAppError } from '../../../src/errors.ts';
import { type Catalogue, catalogue } from './catalogue.ts';
import { type ModelManifest, readManifest } from './manifest.ts';
import { listModelNames, modelDirectory } from './model-directory.ts';

/** A model that is there, or that the catalogue offers. */
export interface ListedModel {
  name: string;
  /** Of the files that are there, or of those that would be fetched; missing when the folder holds none that is valid. */
  manifest?: ModelManifest;
  isPresent: boolean;
  /** What is wrong with its folder. */
  fault?: string;
}

/** All models of the models' folder, and those of the catalogue that are not there, in order of name. */
export async function listModels(
  modelsDirectory: string,
  models: Catalogue = catalogue,
): Promise<ListedModel[]> {
  const names = await listModelNames(modelsDirectory);
  const present = await Promise.all(
    names.map(async (name): Promise<ListedModel> => {
      try {
        return { name, isPresent: true, manifest: await readManifest(modelDirectory(modelsDirectory, name)) };
      } catch (error) {
        return { name, isPresent: true, fault: toAppError(error).message };
      }
    }),
  );
  const offered = Object.entries(models).filter(([name]) => !names.includes(name));
  return present
    .concat(offered.map(([name, { manifest }]) => ({ name, manifest, isPresent: false })))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
