import type { WorkObserver } from '../src/metrics/work-observer.ts';
import type { ObjectDetector } from './detection/object-detector.ts';
import type { TextReader } from './ocr/text-reader.ts';

/** Hears of every frame that an engine is done with. */
export type InferenceObserver = Pick<WorkObserver, 'frameInferred'>;

/** The same detector, which reports what each frame took. */
export function observeDetector(detector: ObjectDetector, observer: InferenceObserver): ObjectDetector {
  return {
    ...detector,
    async detect(frames, minConfidence, signal) {
      const found = await detector.detect(frames, minConfidence, signal);
      for (const { elapsedMs } of found) observer.frameInferred('detection', { inferences: 1, elapsedMs });
      return found;
    },
  };
}

/** The same reader, which reports what each frame took and in how many places it was read. */
export function observeTextReader(reader: TextReader, observer: InferenceObserver): TextReader {
  return {
    ...reader,
    async read(frame, options, signal) {
      const read = await reader.read(frame, options, signal);
      const { readRegions, elapsedMs } = read;
      observer.frameInferred('ocr', { inferences: readRegions.length, elapsedMs });
      return read;
    },
  };
}
