import { join } from 'node:path';
import { modelsDirectory, scratchDirectory, type Config } from '../src/config.ts';
import type { Logger } from '../src/logger.ts';
import { createReleaseStack } from '../src/release-stack.ts';
import { DEFAULT_MODEL } from './detection/models/catalogue.ts';
import { createThreadDetector } from './detection/tensorflow/thread-detector.ts';
import { findFfmpegBinaries } from './frames/ffmpeg-binaries.ts';
import { jobSecondsFor } from './job-time-limit.ts';
import { createTesseractReader } from './ocr/tesseract-reader.ts';
import type { PipelineRegistry } from './pipelines/pipeline.ts';
import { createYoloOcrPipeline } from './pipelines/yolo-ocr.ts';

/** The pipelines over their running engines. */
export interface Engines {
  pipelines: PipelineRegistry;
  close(): Promise<void>;
}

/**
 * Starts ffmpeg's, TensorFlow.js's and tesseract.js's side of the worker. The caller must `close` it. `onGivenUp` is
 * called when one of them is broken and will not mend.
 * @throws AppError TOOL_UNAVAILABLE or MODEL_UNAVAILABLE saying what to install or fetch.
 */
export async function createEngines(
  config: Config,
  logger: Logger,
  onGivenUp: (reason: string) => void,
): Promise<Engines> {
  const owned = createReleaseStack();
  try {
    const binaries = await findFfmpegBinaries(config, logger);
    const detector = await createThreadDetector({
      modelDirectory: join(modelsDirectory(config), DEFAULT_MODEL),
      threads: config.DETECTION_THREADS,
      stallMs: config.INFERENCE_STALL_MS,
      logger,
      onGivenUp,
      ...(config.TF_BACKEND === undefined ? {} : { backend: config.TF_BACKEND }),
    });
    owned.add(() => detector.close());
    const textReader = await createTesseractReader({
      workers: config.OCR_WORKERS,
      stallMs: config.INFERENCE_STALL_MS,
      scratchDirectory: scratchDirectory(config),
    });
    owned.add(() => textReader.close());

    const yoloOcr = createYoloOcrPipeline({
      binaries,
      detector,
      textReader,
      limits: {
        maxDurationSeconds: config.MAX_VIDEO_DURATION_S,
        maxFramePixels: config.MAX_FRAME_PIXELS,
        maxSampledFrames: config.MAX_SAMPLED_FRAMES,
        jobSecondsFor: (analysedMs) => jobSecondsFor(config, analysedMs),
      },
      // One more than can be worked on, so that no engine waits for the decoder.
      framesInFlight: Math.max(config.DETECTION_THREADS, config.OCR_WORKERS) + 1,
    });
    return { pipelines: { yolo_ocr: yoloOcr }, close: () => owned.close() };
  } catch (error) {
    await owned.close();
    throw error;
  }
}
