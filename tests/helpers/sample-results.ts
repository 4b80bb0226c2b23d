import type { FrameResult, ResultsDocument, TextSegment } from '../../src/results/results-document.ts';
import { writeResults } from '../../src/results/write-results.ts';
import type { StorageService } from '../../src/storage/storage-service.ts';

const LABELS = ['person', 'dog', '=1+1', 'a, "quoted" cat'];
const TEXTS = ['Straße 12', 'CAFÉ  ouvert', 'a <b> & c --> d', 'one\n\ntwo', 'ＦＵＬＬ width'];
/** A fixed sequence of numbers from 0 to 1: tests must not differ from run to run. */
const spread = (seed: number) => (seed * 0.618_033_988_75) % 1;

function boxAt(seed: number) {
  return { x: spread(seed) * 0.8, y: spread(seed * 3) * 0.8, width: 0.1, height: 0.2 };
}

function frameAt(index: number): FrameResult {
  return {
    frameIndex: index * 5,
    timestampMs: index * 200,
    detections: Array.from({ length: index % 4 }, (_, nth) => ({
      label: LABELS[(index + nth) % LABELS.length] ?? '',
      confidence: spread(index * 7 + nth),
      box: boxAt(index + nth * 11),
      trackId: nth + 1,
    })),
    texts: Array.from({ length: index % 3 }, (_, nth) => ({
      text: TEXTS[(index + nth) % TEXTS.length] ?? '',
      confidence: spread(index * 5 + nth),
      // As in documents from before it was measured, every other frame has none.
      ...(index % 2 === 0 ? { detectionConfidence: spread(index * 13 + nth) } : {}),
      box: boxAt(index * 2 + nth),
    })),
  };
}

function segmentAt(nth: number): TextSegment {
  return {
    text: TEXTS[nth % TEXTS.length] ?? '',
    startMs: nth * 300,
    endMs: nth * 300 + (nth % 7) * 500,
    sampleCount: 1,
    bestConfidence: spread(nth * 5),
    // As in documents from before they were told apart, every other segment has none.
    ...(nth % 2 === 0
      ? { detectionConfidence: spread(nth * 13), recognitionConfidence: spread(nth * 5) / 2 }
      : {}),
    box: boxAt(nth),
  };
}

/** A made-up document of `frameCount` frames, 200 ms apart, and half as many tracks and text segments. */
export function sampleResults(frameCount: number): ResultsDocument {
  const nths = Array.from({ length: Math.floor(frameCount / 2) }, (_, nth) => nth);
  return {
    schemaVersion: 1,
    jobId: '0f8fad5b-d9cb-469f-a165-70867728950e',
    pipelineId: 'yolo_ocr',
    media: {
      container: 'mp4',
      videoCodec: 'h264',
      width: 640,
      height: 360,
      durationMs: frameCount * 200,
      framesPerSecond: 25,
      frameCount: frameCount * 5,
      hasAudio: false,
    },
    models: {
      detection: { model: 'm', version: '1', sha256: 'x', backend: 'cpu', minConfidence: 0.5 },
      ocr: { engine: 'e', version: '1', languages: ['eng'], minConfidence: 0.6 },
      sampling: { samplesPerSecond: 5, sampledFrames: frameCount },
      tools: { foregsyte: '0', ffmpeg: '0' },
    },
    labels: [],
    results: Array.from({ length: frameCount }, (_, index) => frameAt(index)),
    tracks: nths.map((nth) => ({
      trackId: nth + 1,
      label: LABELS[nth % LABELS.length] ?? '',
      firstSeenMs: nth * 300,
      lastSeenMs: nth * 300 + (nth % 7) * 500,
      sampleCount: 1,
      bestConfidence: spread(nth * 7),
      bestFrameIndex: nth,
      bestBox: boxAt(nth),
      // As in documents from before there were paths, every other track has none.
      ...(nth % 2 === 0 ? { path: [{ timestampMs: nth * 300, box: boxAt(nth) }] } : {}),
    })),
    textSegments: nths.map((nth) => segmentAt(nth)),
    timing: { totalMs: 5, decodeMs: 1, detectMs: 1, ocrMs: 1, storeMs: 1 },
  };
}

/** Writes a document, and its index, to storage as the worker does. */
export async function storeResults(
  storage: StorageService,
  key: string,
  document: ResultsDocument,
): Promise<void> {
  const { results, tracks, textSegments, timing, ...head } = document;
  await writeResults(storage, key, { head, frames: results, tracks, textSegments, timing: () => timing });
}
