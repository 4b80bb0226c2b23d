import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { modelsDirectory, readConfig } from '../../../src/config.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { DEFAULT_MODEL } from '../../../worker/detection/models/catalogue.ts';
import { startInstalledDetector } from '../../../worker/detection/start-installed-detector.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const models = modelsDirectory(readConfig());
const folder = temporaryDirectory();
const options = { backend: 'wasm', threads: 1, stallMs: 60_000, logger: createSilentLogger() } as const;

describe('startInstalledDetector', () => {
  it('starts a model of the folder', async () => {
    const detector = await startInstalledDetector(models, DEFAULT_MODEL, options);
    expect(detector.info.model).toBe(DEFAULT_MODEL);
    await detector.close();
  });

  it('refuses a model that is not there for good, and lists those that are', async () => {
    await expect(startInstalledDetector(models, 'gone', options)).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      retryable: false,
      message: expect.stringContaining(DEFAULT_MODEL),
      details: { argument: 'options.model' },
    });
    await expect(startInstalledDetector(join(models, 'nowhere'), 'gone', options)).rejects.toMatchObject({
      message: expect.stringContaining('It has: none'),
    });
  });

  it('tells clients of a damaged model no more than that', async () => {
    await cp(join(models, DEFAULT_MODEL), join(folder, DEFAULT_MODEL), { recursive: true });
    await rm(join(folder, DEFAULT_MODEL, 'group1-shard1of5'));
    const starting = startInstalledDetector(folder, DEFAULT_MODEL, options);
    await expect(starting).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      message: expect.not.stringContaining(folder),
      cause: expect.objectContaining({ message: expect.stringContaining('incomplete') }),
    });
  });
});
