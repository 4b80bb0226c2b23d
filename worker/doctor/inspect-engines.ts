import { join } from 'node:path';
import { modelsDirectory, scratchDirectory, useTensorflowDefaults, type Config } from '../../src/config.ts';
import { fine, note, type Observation } from '../../src/doctor/finding.ts';
import { createSilentLogger } from '../../src/logger.ts';
import { loadModel } from '../detection/models/load-model.ts';
import { listModelNames } from '../detection/models/model-directory.ts';
import { startDetectorThread } from '../detection/tensorflow/start-detector-thread.ts';
import { findConfinement } from '../frames/confinement.ts';
import { findFfmpegBinaries } from '../frames/ffmpeg-binaries.ts';

/** Which ffmpeg and ffprobe are used. */
export async function inspectFfmpeg(config: Config): Promise<Observation> {
  const binaries = await findFfmpegBinaries(config, createSilentLogger());
  const { bundled, ffmpegPath, ffprobePath, ffmpegVersion } = binaries;
  const found = `${ffmpegVersion}, ${bundled ? 'bundled' : 'system'}: ${ffmpegPath}, ${ffprobePath}`;
  if (!bundled) return fine(found);
  return note(
    found,
    'Install the system’s package ffmpeg: the builds that npm packages carry are old, and miss security fixes.',
  );
}

/** Whether decoders are confined as far as they can be. */
export async function inspectConfinement(config: Config): Promise<Observation> {
  const limits = { maxMemoryBytes: config.FFMPEG_MAX_MEMORY_BYTES, directory: scratchDirectory(config) };
  const { usable, missing } = await findConfinement(limits, createSilentLogger());
  if (missing.length === 0) return fine(usable.join(', '));
  return note(
    `${usable.join(', ') || 'none'} (missing: ${missing.join(', ')})`,
    'Install util-linux, so that decoders are limited, and end when the worker does.',
  );
}

/** The names of the models there are, the default one first whether it is there or not. */
export async function listModels(config: Config): Promise<string[]> {
  const names = await listModelNames(modelsDirectory(config)).catch(() => []);
  const { DETECTION_MODEL: first } = config;
  return [first, ...names.filter((name) => name !== first)];
}

/** Whether a model is complete and unaltered. A damaged one besides the default model stops no service. */
export async function inspectModel(config: Config, name: string): Promise<Observation> {
  try {
    const { manifest, sha256 } = await loadModel(join(modelsDirectory(config), name));
    return fine(
      `${manifest.name} ${manifest.version}, licence ${manifest.licence}, files as expected (sha256 ${sha256})`,
    );
  } catch (error) {
    if (name === config.DETECTION_MODEL || !(error instanceof Error)) throw error;
    return note('damaged', error.message);
  }
}

/** Which backend of TensorFlow.js runs the default model, and why each before it does not. */
export async function inspectBackend(config: Config): Promise<Observation> {
  const { TF_BACKEND, DETECTION_THREADS, DETECTION_BATCH } = config;
  const { directory, manifest } = await loadModel(join(modelsDirectory(config), config.DETECTION_MODEL));
  useTensorflowDefaults();
  const thread = await startDetectorThread({
    directory,
    manifest,
    maxBatch: DETECTION_BATCH,
    ...(TF_BACKEND === undefined ? {} : { backend: TF_BACKEND }),
  });
  try {
    const { backend, passedOver, batchSize } = thread.ready;
    const found = [
      `${backend}, ${DETECTION_THREADS} threads`,
      ...(batchSize === 1 ? [] : [`up to ${batchSize} frames at once`]),
      ...(TF_BACKEND === undefined ? [] : ['chosen by TF_BACKEND']),
      ...passedOver.map((reason) => `not ${reason}`),
    ].join('; ');
    if (backend === 'tensorflow' || TF_BACKEND !== undefined) return fine(found);
    return note(
      found,
      'Objects are found faster on `tensorflow`: `npm run tensorflow:build` makes its add-on (docs/native-backend.md).',
    );
  } finally {
    await thread.terminate();
  }
}
