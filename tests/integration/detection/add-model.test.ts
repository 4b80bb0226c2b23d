import { cp, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { addModel } from '../../../worker/detection/models/add-model.ts';
import { DEFAULT_MODEL } from '../../../worker/detection/models/catalogue.ts';
import { coco80Labels } from '../../../worker/detection/models/coco-labels.ts';
import { MANIFEST_FILE } from '../../../worker/detection/models/manifest.ts';
import { describeWithData, optionalData } from '../../helpers/optional-data.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const root = temporaryDirectory();
const models = join(root, 'models');
const source = join(root, 'source');
const secret = join(root, 'secret.bin');
const graph = (shard: string) =>
  JSON.stringify({ modelTopology: { node: [] }, weightsManifest: [{ paths: [shard], weights: [] }] });
const refusal = (code: string, text: string) => ({ code, message: expect.stringContaining(text) });

beforeEach(async () => {
  await rm(models, { recursive: true, force: true });
  await rm(source, { recursive: true, force: true });
  await mkdir(source);
  await writeFile(secret, 'secret');
});

describe('a folder that is no model, or a hostile one,', () => {
  it('is refused, and nothing of it stays behind', async () => {
    const cases: [string, () => Promise<unknown>][] = [
      ['not a TensorFlow.js graph model', async () => {}],
      [
        'not a TensorFlow.js graph model',
        () => writeFile(join(source, 'model.json'), graph('../secret.bin')),
      ],
      ['lacks a file', () => writeFile(join(source, 'model.json'), graph('weights.bin'))],
      ['not a plain file', () => symlink(secret, join(source, 'weights.bin'))],
      [
        'the limit is',
        async () => {
          await rm(join(source, 'weights.bin'));
          await writeFile(join(source, 'weights.bin'), '');
          await truncate(join(source, 'weights.bin'), 600 * 1024 ** 2);
        },
      ],
      ['has not one input', () => truncate(join(source, 'weights.bin'), 10)],
    ];
    for (const [message, prepare] of cases) {
      await prepare();
      const adding = addModel(models, 'mine', source);
      await expect(adding).rejects.toMatchObject(refusal('MODEL_UNAVAILABLE', message));
      expect(await readdir(models)).toEqual([]);
    }
  });

  it.each(['..', '.hidden', 'a/b', '../mine', 'Mine', '', 'a'.repeat(65)])(
    'cannot be called %j',
    async (name) => {
      await expect(addModel(models, name, source)).rejects.toMatchObject(refusal('INVALID_ARGUMENT', 'a-z'));
      expect(await readdir(root)).not.toContain('mine');
    },
  );

  it('cannot take the name of a model of the catalogue', async () => {
    const adding = addModel(models, DEFAULT_MODEL, source);
    await expect(adding).rejects.toMatchObject(refusal('INVALID_ARGUMENT', 'catalogue'));
  });
});

describeWithData('models', 'an export of Ultralytics', () => {
  it('is added as it is, told by its metadata and one trial', async () => {
    const added = await addModel(models, 'darts', optionalData('models/yolov8-darts-export'));
    expect(added.manifest).toEqual({
      name: 'darts',
      version: '8.3.224',
      licence: 'AGPL-3.0',
      head: 'yolo',
      layout: 'v8',
      boxUnit: 'pixels',
      input: { node: 'x', width: 800, height: 800, normalisation: 'float32_0_1', fit: 'letterbox' },
      outputs: ['Identity'],
      labels: ['20', '3', '11', '6', 'dart', '9', '15'],
      sha256: added.sha256,
    });
    expect((await readdir(added.directory)).toSorted()).toEqual([
      'group1-shard1of1.bin',
      MANIFEST_FILE,
      'model.json',
    ]);
    const again = addModel(models, 'darts', optionalData('models/yolov8-darts-export'));
    await expect(again).rejects.toMatchObject(refusal('INVALID_ARGUMENT', 'already'));
  });

  it('without metadata needs its labels, as many as it was trained with', async () => {
    const yolov5 = optionalData('models/yolov5n-coco');
    await expect(addModel(models, 'v5', yolov5)).rejects.toMatchObject(
      refusal('MODEL_UNAVAILABLE', '--labels'),
    );
    const few = addModel(models, 'v5', yolov5, { labels: ['person'] });
    await expect(few).rejects.toMatchObject(refusal('MODEL_UNAVAILABLE', '[1, 25200, 85]'));
    const facts = { labels: coco80Labels, licence: 'AGPL-3.0' };
    const { manifest } = await addModel(models, 'v5', yolov5, facts);
    expect(manifest).toMatchObject({
      layout: 'v5',
      boxUnit: 'fraction',
      licence: 'AGPL-3.0',
      version: 'unknown',
    });
  });

  it('can be given the unit of its boxes', async () => {
    const facts = { boxUnit: 'fraction' } as const;
    const { manifest } = await addModel(models, 'darts', optionalData('models/yolov8-darts-export'), facts);
    expect(manifest).toMatchObject({ boxUnit: 'fraction' });
  });

  it('that was added before can be added elsewhere under another name, with its manifest', async () => {
    const { directory, manifest } = await addModel(
      models,
      'darts',
      optionalData('models/yolov8-darts-export'),
    );
    await cp(directory, source, { recursive: true });
    const copy = await addModel(models, 'copy', source);
    expect(copy.manifest).toEqual({ ...manifest, name: 'copy' });
    const options = addModel(models, 'other', source, { boxUnit: 'pixels' });
    await expect(options).rejects.toMatchObject(refusal('INVALID_ARGUMENT', MANIFEST_FILE));
    const wrong = { ...manifest, labels: ['one'] };
    await writeFile(join(source, MANIFEST_FILE), JSON.stringify(wrong));
    await expect(addModel(models, 'other', source)).rejects.toMatchObject(
      refusal('MODEL_UNAVAILABLE', 'yolo head'),
    );
    expect(JSON.parse(await readFile(join(copy.directory, MANIFEST_FILE), 'utf8'))).toMatchObject({
      name: 'copy',
    });
    expect((await readdir(models)).toSorted()).toEqual(['copy', 'darts']);
  });
});
