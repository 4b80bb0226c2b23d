import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../src/errors.ts';
import { createHead } from '../heads/create-head.ts';
import { probeGraph } from '../tensorflow/probe-graph.ts';
import { catalogue } from './catalogue.ts';
import { describeExport, type ExportFacts } from './describe-export.ts';
import { hashModel } from './hash-model.ts';
import { loadModel, type LocalModel } from './load-model.ts';
import { MANIFEST_FILE, type ModelManifest, readManifest } from './manifest.ts';
import { modelDirectory } from './model-directory.ts';
import { listModelFiles } from './model-files.ts';

/**
 * Copies the model in the folder `source` into the models' folder, under the name `name`: an export of Ultralytics as
 * it is, or a TensorFlow.js graph with a manifest beside it, of which the name alone is replaced. It is tried on one
 * picture before it is put in place, whole or not at all.
 * @throws AppError INVALID_ARGUMENT when the name is taken or is none, or when the facts do not go with the folder;
 * MODEL_UNAVAILABLE when the folder holds no model that runs.
 */
export async function addModel(
  modelsDirectory: string,
  name: string,
  source: string,
  facts: ExportFacts = {},
): Promise<LocalModel> {
  const directory = modelDirectory(modelsDirectory, name);
  await mkdir(modelsDirectory, { recursive: true });
  await assertFree(modelsDirectory, name);
  const staging = await mkdtemp(join(modelsDirectory, `.${name}-`));
  try {
    const files = await listFiles(source);
    for (const file of files) await copyFile(join(source, file), join(staging, file));
    const manifest = await describeModel(source, staging, name, facts);
    const described = { ...manifest, sha256: await hashModel(staging) };
    await writeFile(join(staging, MANIFEST_FILE), `${JSON.stringify(described, null, 2)}\n`, { flush: true });
    await loadModel(staging);
    await rename(staging, directory);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return loadModel(directory);
}

async function assertFree(modelsDirectory: string, name: string): Promise<void> {
  if (Object.hasOwn(catalogue, name)) {
    throw new AppError(
      'INVALID_ARGUMENT',
      `"${name}" is a model of the catalogue. Choose another name, or fetch that one: foregsyte models fetch ${name}.`,
    );
  }
  if (!(await readdir(modelsDirectory)).includes(name)) return;
  throw new AppError(
    'INVALID_ARGUMENT',
    `There is a model called "${name}" already. Choose another name, or remove it first: foregsyte models remove ${name}.`,
  );
}

async function listFiles(source: string): Promise<string[]> {
  try {
    return await listModelFiles(source);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'MODEL_UNAVAILABLE',
      'The folder lacks a file that its model.json names. Copy it as a whole, then try again.',
      { cause: error },
    );
  }
}

async function describeModel(
  source: string,
  copy: string,
  name: string,
  facts: ExportFacts,
): Promise<ModelManifest> {
  const { backend, ...given } = facts;
  if (!(await readdir(source)).includes(MANIFEST_FILE)) {
    return describeExport(source, copy, name, facts);
  }
  if (Object.keys(given).length > 0) {
    throw new AppError(
      'INVALID_ARGUMENT',
      `The folder has a ${MANIFEST_FILE}, which says all about the model. Change that instead of giving options.`,
    );
  }
  const manifest: ModelManifest = { ...(await readManifest(source)), name };
  createHead(manifest).decode(await probeGraph(copy, manifest, backend), 1);
  return manifest;
}
