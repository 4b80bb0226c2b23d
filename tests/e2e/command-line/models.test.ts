import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { modelsDirectory, readConfig } from '../../../src/config.ts';
import { DEFAULT_MODEL } from '../../../worker/detection/models/catalogue.ts';
import { runForegsyte } from '../../helpers/run-foregsyte.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const root = temporaryDirectory();
const models = join(root, 'models');
const run = (...args: string[]) =>
  runForegsyte(['models', ...args], { MODELS_DIR: models, TF_BACKEND: 'wasm' });

describe('foregsyte models', () => {
  it('adds a model from a folder, checks it, lists and removes it', async () => {
    const present = join(modelsDirectory(readConfig()), DEFAULT_MODEL);
    const own = join(root, 'own');
    // Under the name of the default model, since a manifest names a model until it is added under another.
    await cp(present, own, { recursive: true });
    expect(await run('add', 'own-model', own)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(
        'Added own-model, version 1.0.6 (Apache-2.0): ssd, 300x300, 80 labels.',
      ),
    });
    const { stdout } = await run('check', 'own-model');
    for (const fact of [
      'image_tensor: 300x300, int32_0_255, stretch',
      'Postprocessor/Slice: [1, 1917, 90]',
      '80: person, bicycle, car',
      'Apache-2.0',
      'wasm',
    ]) {
      expect(stdout).toContain(fact);
    }
    expect(stdout).toMatch(/SHA-256 +│ [0-9a-f]{64} /);
    expect(stdout).toMatch(/Pictures at once +│ \d+/);
    expect(stdout).toMatch(/One inference +│ \d+ ms/);
    await mkdir(join(models, 'broken'));
    await writeFile(join(models, 'broken', 'manifest.json'), '{}');
    const list = (await run('list')).stdout;
    expect(list).toMatch(/own-model .* ready/);
    expect(list).toMatch(/broken .* not a valid model manifest/);
    expect(list).toContain(`to be had: foregsyte models fetch ${DEFAULT_MODEL}`);
    expect((await run('remove', 'own-model')).exitCode).toBe(0);
    expect(await readdir(models)).toEqual(['broken']);
  });

  it('never leaves the folder of the models', async () => {
    await mkdir(join(root, 'outside'), { recursive: true });
    await mkdir(models, { recursive: true });
    for (const name of ['../outside', '..', '.', 'a/../../outside']) {
      expect(await run('remove', name)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('a-z'),
      });
      expect((await run('add', name, root)).exitCode).toBe(2);
    }
    expect(await readdir(root)).toContain('outside');
    await rm(join(root, 'outside'), { recursive: true });
  });

  it('says what there is when a name is unknown', async () => {
    expect(await run('remove', 'gone')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('gone'),
    });
    expect(await run('fetch', 'gone')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(DEFAULT_MODEL),
    });
    expect(await run('check', 'gone')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('foregsyte models list'),
    });
  });
});
