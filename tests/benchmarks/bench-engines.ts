import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelsDirectory, readConfig, type Config } from '../../src/config.ts';
import { createSilentLogger } from '../../src/logger.ts';
import { DEFAULT_MODEL } from '../../worker/detection/models/catalogue.ts';
import { slowCollector } from '../../worker/collector-pace.ts';
import type { ObjectDetector } from '../../worker/detection/object-detector.ts';
import { createThreadDetector } from '../../worker/detection/tensorflow/thread-detector.ts';
import { type FfmpegBinaries, findFfmpegBinaries } from '../../worker/frames/ffmpeg-binaries.ts';
import { createTesseractReader } from '../../worker/ocr/tesseract-reader.ts';
import type { TextReader } from '../../worker/ocr/text-reader.ts';

/** The real engines, and how long each frame took them. */
export interface BenchEngines {
  config: Config;
  binaries: FfmpegBinaries;
  detector: ObjectDetector;
  textReader: TextReader;
  /** Milliseconds a frame, since the last `reset`. */
  detectMs: number[];
  ocrMs: number[];
  reset(): void;
  close(): Promise<void>;
}

/** Starts the engines as a worker does, with so many threads each. */
export async function startBenchEngines(threads: number): Promise<BenchEngines> {
  slowCollector();
  const config = readConfig();
  const logger = createSilentLogger();
  const scratchDirectory = await mkdtemp(join(tmpdir(), 'foregsyte-bench-'));
  const binaries = await findFfmpegBinaries({ ...config, DATA_DIR: scratchDirectory }, logger);
  const detector = await createThreadDetector({
    modelDirectory: join(modelsDirectory(config), DEFAULT_MODEL),
    threads,
    maxBatch: config.DETECTION_BATCH,
    stallMs: 60_000,
    logger,
    ...(config.TF_BACKEND !== undefined && { backend: config.TF_BACKEND }),
  });
  const textReader = await createTesseractReader({ workers: threads, stallMs: 60_000, scratchDirectory });
  const detectMs: number[] = [];
  const ocrMs: number[] = [];
  return {
    config,
    binaries,
    detectMs,
    ocrMs,
    detector: {
      ...detector,
      async detect(...request) {
        const seen = await detector.detect(...request);
        detectMs.push(...seen.map(({ elapsedMs }) => elapsedMs));
        return seen;
      },
    },
    textReader: {
      ...textReader,
      async read(...request) {
        const read = await textReader.read(...request);
        ocrMs.push(read.elapsedMs);
        return read;
      },
    },
    reset() {
      detectMs.length = 0;
      ocrMs.length = 0;
    },
    async close() {
      await textReader.close();
      await detector.close();
      await rm(scratchDirectory, { recursive: true, force: true });
    },
  };
}
