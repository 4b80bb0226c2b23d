import {
  resolveAnalysisOptions,
  type GivenAnalysisOptions,
} from '../../src/jobs/resolve-analysis-options.ts';
import type { TextSegment } from '../../src/results/results-document.ts';
import type { ObjectDetector } from '../../worker/detection/object-detector.ts';
import type { TextReader } from '../../worker/ocr/text-reader.ts';
import { createYoloOcrPipeline } from '../../worker/pipelines/yolo-ocr.ts';
import { neverAborted, testBinaries, WIDE_LIMITS } from '../helpers/video-tools.ts';

/** What was read in a video, and what it took. */
export interface ClipReading {
  segments: TextSegment[];
  sampledFrames: number;
  reusedFrames: number;
  ocrMs: number;
  wallMs: number;
}

/** Finds nothing: only the text is judged. */
const noDetector: ObjectDetector = {
  info: {
    model: 'none',
    version: '0',
    sha256: '',
    backend: 'cpu',
    batchSize: 1,
    input: { width: 32, height: 32, fit: 'stretch' },
    labels: [],
  },
  detect: async (frames) => frames.map(() => ({ detections: [], elapsedMs: 0 })),
  close: async () => {},
};

/** Runs the product's pipeline over a video, without its detector. */
export async function readClip(
  textReader: TextReader,
  path: string,
  options: GivenAnalysisOptions,
): Promise<ClipReading> {
  const pipeline = createYoloOcrPipeline({
    binaries: await testBinaries(),
    detector: noDetector,
    textReader,
    limits: { ...WIDE_LIMITS, maxSampledFrames: 100_000, jobSecondsFor: () => 3_600 },
    framesInFlight: 3,
  });
  let sampledFrames = 0;
  let reusedFrames = 0;
  const begun = performance.now();
  const outcome = await pipeline.run(
    path,
    resolveAnalysisOptions(options),
    {
      onMedia: async () => null,
      onFrame: async ({ reusedFromFrame }) => {
        sampledFrames += 1;
        reusedFrames += reusedFromFrame === undefined ? 0 : 1;
      },
    },
    neverAborted(),
  );
  const { textSegments: segments, timing } = outcome;
  return { segments, sampledFrames, reusedFrames, ocrMs: timing.ocrMs, wallMs: performance.now() - begun };
}
