import { useTensorflowDefaults } from '../../../src/config.ts';
import type { Logger } from '../../../src/logger.ts';
import { loadModel, type LocalModel } from '../models/load-model.ts';
import type { DetectorFrame, DetectorInfo, DetectorInput, ObjectDetector } from '../object-detector.ts';
import { type DetectorThread, startDetectorThread } from './start-detector-thread.ts';
import type { BackendName } from './thread-messages.ts';
import { createThreadPool } from './thread-pool.ts';

/** What the detector runs and where. */
export interface ThreadDetectorOptions {
  /** Folder of a model with its manifest. */
  modelDirectory: string;
  /** The only backend to use; otherwise the first that works of tensorflow, wasm and cpu. */
  backend?: BackendName;
  /** Number of threads, from 1, whatever the backend: each takes one core. */
  threads: number;
  /** Most frames that one inference takes at once, where model and backend gain by several. Missing: 1. */
  maxBatch?: number;
  /** Milliseconds without an answer, for each frame, after which their thread is ended and replaced. */
  stallMs: number;
  logger: Logger;
  /** Called when threads keep dying, so that this detector will not answer any more. */
  onGivenUp?: (reason: string) => void;
}

/**
 * Starts an object detector on TensorFlow.js in threads of its own. The caller closes it.
 * @throws AppError MODEL_UNAVAILABLE when the model is missing or altered, TOOL_UNAVAILABLE when no backend works.
 */
export async function createThreadDetector(options: ThreadDetectorOptions): Promise<ObjectDetector> {
  const { logger, maxBatch = 1 } = options;
  const model = await loadModel(options.modelDirectory);
  useTensorflowDefaults();
  // Alone, because the native add-on learns the names of a model's attributes in a table that all threads share.
  const first = await startDetectorThread({
    directory: model.directory,
    manifest: model.manifest,
    maxBatch,
    ...(options.backend === undefined ? {} : { backend: options.backend }),
  });
  // The others take the backend that was found, so that all frames of a video are seen by the same one.
  const { backend, passedOver, batchSize } = first.ready;
  const startThread = (): Promise<DetectorThread> =>
    startDetectorThread({ directory: model.directory, manifest: model.manifest, backend, maxBatch });
  const threads = [first, ...(await startOthers(options.threads - 1, startThread, first))];
  const { name, version } = model.manifest;
  logger.info(
    { backend, passedOver, batchSize, model: name, version, threads: threads.length },
    'Object detection is ready.',
  );
  const { stallMs, onGivenUp = () => {} } = options;
  const pool = createThreadPool({ threads, startThread, logger, stallMs, onGivenUp });
  return detectorOver(pool, model, { backend, batchSize });
}

/** Starts all of them or, when one fails, none, not even the first. */
async function startOthers(
  count: number,
  startThread: () => Promise<DetectorThread>,
  first: DetectorThread,
): Promise<DetectorThread[]> {
  const outcomes = await Promise.allSettled(Array.from({ length: count }, startThread));
  const threads = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return threads;
  await Promise.all([first, ...threads].map((thread) => thread.terminate()));
  throw failed.reason;
}

function detectorOver(
  pool: ReturnType<typeof createThreadPool>,
  { manifest, sha256 }: LocalModel,
  { backend, batchSize }: Pick<DetectorInfo, 'backend' | 'batchSize'>,
): ObjectDetector {
  const { width, height, fit } = manifest.input;
  const input: DetectorInput = { width, height, fit };
  const labels = [...new Set(manifest.labels.filter((label) => label !== null))];
  return {
    info: { model: manifest.name, version: manifest.version, sha256, backend, batchSize, input, labels },
    async detect(frames, minConfidence, signal) {
      for (const frame of frames) checkSize(frame, input);
      // When one frame fails, those of the same call that still wait would be analysed for nobody.
      const call = new AbortController();
      const abort = (): void => {
        call.abort(signal.reason);
      };
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
      try {
        return await Promise.all(frames.map((frame) => pool.run(frame, minConfidence, call.signal)));
      } finally {
        signal.removeEventListener('abort', abort);
        call.abort();
      }
    },
    close: () => pool.close(),
  };
}

/** A wrong size is a fault of the caller and must not cost a thread. */
function checkSize({ image, source }: DetectorFrame, input: DetectorInput): void {
  const { width, height, data } = image;
  const isInput = width === input.width && height === input.height && data.length === width * height * 3;
  if (isInput && source.width >= 1 && source.height >= 1) return;
  throw new RangeError(
    `A picture of ${width}x${height} with ${data.length} bytes, of a frame of ${source.width}x${source.height}, was given ` +
      `to a detector of ${input.width}x${input.height} that takes 3 bytes a pixel.`,
  );
}
