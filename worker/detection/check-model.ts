import type { Logger } from '../../src/logger.ts';
import { greyPicture } from './grey-picture.ts';
import { loadModel, type LocalModel } from './models/load-model.ts';
import type { DetectorInfo } from './object-detector.ts';
import { probeGraph } from './tensorflow/probe-graph.ts';
import type { BackendName } from './tensorflow/thread-messages.ts';
import { createThreadDetector } from './tensorflow/thread-detector.ts';

/** What a check of a model found. */
export interface CheckedModel extends LocalModel {
  backend: DetectorInfo['backend'];
  /** How many pictures the detector would take at once. */
  batchSize: number;
  /** Shapes of the outputs, in the manifest's order. */
  outputShapes: readonly (readonly number[])[];
  /** Milliseconds that one picture took, the first one that compiled the graph left out. */
  inferenceMs: number;
}

const INFERENCE_LIMIT_MS = 120_000;

/**
 * Checks the files of the model in `directory`, and runs it.
 * @throws AppError MODEL_UNAVAILABLE, TOOL_UNAVAILABLE, INFERENCE_STALLED; the signal's reason when it is aborted.
 */
export async function checkModel(
  directory: string,
  { backend, maxBatch, logger }: { backend: BackendName | undefined; maxBatch: number; logger: Logger },
  signal: AbortSignal,
): Promise<CheckedModel> {
  const model = await loadModel(directory);
  const detector = await createThreadDetector({
    modelDirectory: directory,
    threads: 1,
    maxBatch,
    stallMs: INFERENCE_LIMIT_MS,
    logger,
    ...(backend !== undefined && { backend }),
  });
  try {
    const { input } = detector.info;
    const [answer] = await detector.detect([{ image: greyPicture(input), source: input }], 0.5, signal);
    const outputs = await probeGraph(directory, model.manifest, detector.info.backend);
    return {
      ...model,
      backend: detector.info.backend,
      batchSize: detector.info.batchSize,
      outputShapes: outputs.map(({ shape }) => shape),
      inferenceMs: answer?.elapsedMs ?? Number.NaN,
    };
  } finally {
    await detector.close();
  }
}
