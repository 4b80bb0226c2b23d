import { createHash } from 'node:crypto';
import type { FrameDetections, ObjectDetector } from '../../worker/detection/object-detector.ts';
import type { FrameTexts, TextReader } from '../../worker/ocr/text-reader.ts';

/** A detector that answers from memory when it is asked the same once more, for tests that see the same frames often. */
export function rememberDetections(detector: ObjectDetector): ObjectDetector {
  const remember = createMemory<FrameDetections[]>();
  return {
    info: detector.info,
    detect: (frames, minConfidence, signal) =>
      remember([frames, minConfidence], () => detector.detect(frames, minConfidence, signal)),
    close: () => detector.close(),
  };
}

/** A reader that answers from memory when it is asked the same once more: the same frame, options and changes. */
export function rememberTexts(reader: TextReader): TextReader {
  const remember = createMemory<FrameTexts>();
  return {
    info: reader.info,
    prepareLanguages: (languages, signal) => reader.prepareLanguages(languages, signal),
    read: (frame, options, signal) => remember([frame, options], () => reader.read(frame, options, signal)),
    close: () => reader.close(),
  };
}

function createMemory<Answer>(): (question: unknown, ask: () => Promise<Answer>) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return async (question, ask) => {
    const key = JSON.stringify(question, (_name, value: unknown) =>
      value instanceof Uint8Array ? createHash('sha256').update(value).digest('hex') : value,
    );
    const answer = answers.get(key) ?? ask();
    answers.set(key, answer);
    // Whoever was answered may change what it got.
    return structuredClone(await answer);
  };
}
