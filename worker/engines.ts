import { modelsDirectory, scratchDirectory, type Config } from '../src/config.ts';
import type { Logger } from '../src/logger.ts';
import { createReleaseStack } from '../src/release-stack.ts';
import { createDetectors } from './detection/detectors.ts';
import type { ObjectDetector } from './detection/object-detector.ts';
import { startInstalledDetector } from './detection/start-installed-detector.ts';
import { findFfmpegBinaries } from './frames/ffmpeg-binaries.ts';
import { jobSecondsFor } from './job-time-limit.ts';
import { createTesseractReader } from './ocr/tesseract-reader.ts';
import { type InferenceObserver, observeDetector, observeTextReader } from './observe-engines.ts';
import type { PipelineRegistry } from './pipelines/pipeline.ts';
import { withChosenDetector } from './pipelines/with-chosen-detector.ts';
import { createYoloOcrPipeline } from './pipelines/yolo-ocr.ts';

/** The pipelines over their running engines. */
export interface Engines {
  pipelines: PipelineRegistry;
  close(): Promise<void>;
}

/**
 * Starts ffmpeg's, TensorFlow.js's and tesseract.js's side of the worker. The caller must `close` it. `onGivenUp` is
 * called when one of them is broken and will not mend.
 * @throws AppError TOOL_UNAVAILABLE or MODEL_UNAVAILABLE saying what to install or fetch; the signal's reason when it is aborted.
 */
export async function createEngines(deps: {
  config: Config;
  logger: Logger;
  /** Hears of every frame that an engine is done with. */
  observer: InferenceObserver;
  onGivenUp: (reason: string) => void;
  signal: AbortSignal;
}): Promise<Engines> {
  const { config, logger, observer, onGivenUp, signal } = deps;
  const owned = createReleaseStack();
  try {
    const binaries = await findFfmpegBinaries(config, logger);
    const detectors = createDetectors({
      defaultModel: config.DETECTION_MODEL,
      start: (model) =>
        startInstalledDetector(modelsDirectory(config), model, {
          threads: config.DETECTION_THREADS,
          maxBatch: config.DETECTION_BATCH,
          stallMs: config.INFERENCE_STALL_MS,
          logger,
          onGivenUp,
          ...(config.TF_BACKEND === undefined ? {} : { backend: config.TF_BACKEND }),
        }),
    });
    owned.add(() => detectors.close());
    // A worker without its default model, or a backend to run it, is of no use: it had better say so now.
    await detectors.use(null, async () => {}, signal);
    const textReader = await createTesseractReader({
      workers: config.OCR_WORKERS,
      stallMs: config.INFERENCE_STALL_MS,
      scratchDirectory: scratchDirectory(config),
      languagesDirectory: config.OCR_LANGUAGES_DIR,
    });
    owned.add(() => textReader.close());

    const shared = {
      binaries,
      textReader: observeTextReader(textReader, observer),
      limits: {
        maxDurationSeconds: config.MAX_VIDEO_DURATION_S,
        maxFramePixels: config.MAX_FRAME_PIXELS,
        maxSampledFrames: config.MAX_SAMPLED_FRAMES,
        jobSecondsFor: (analysedMs: number) => jobSecondsFor(config, analysedMs),
      },
    };
    const yoloOcr = withChosenDetector('yolo_ocr', detectors, (detector) =>
      createYoloOcrPipeline({
        ...shared,
        detector: observeDetector(detector, observer),
        framesInFlight: framesInFlight(config, detector),
      }),
    );
    return { pipelines: { yolo_ocr: yoloOcr }, close: () => owned.close() };
  } catch (error) {
    await owned.close();
    throw error;
  }
}

/** More than can be worked on, so that no engine waits for the decoder: for the detector, one full batch. */
function framesInFlight(
  { DETECTION_THREADS, OCR_WORKERS }: Pick<Config, 'DETECTION_THREADS' | 'OCR_WORKERS'>,
  { info }: ObjectDetector,
): number {
  return Math.max((DETECTION_THREADS + 1) * info.batchSize, OCR_WORKERS + 1);
}
