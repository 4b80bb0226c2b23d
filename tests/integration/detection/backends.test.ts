import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { modelsDirectory, readConfig } from '../../../src/config.ts';
import { AppError } from '../../../src/errors.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import type { Detection } from '../../../src/results/results-document.ts';
import { DEFAULT_MODEL } from '../../../worker/detection/models/catalogue.ts';
import type { DetectorFrame, ObjectDetector } from '../../../worker/detection/object-detector.ts';
import type { BackendName } from '../../../worker/detection/tensorflow/thread-messages.ts';
import { createThreadDetector } from '../../../worker/detection/tensorflow/thread-detector.ts';
import { firstDetectorFrame } from '../../helpers/detector-frames.ts';
import { TINY_VIDEO, neverAborted } from '../../helpers/video-tools.ts';

/** How far backends may differ, as docs/models.md promises: in confidence, and in any edge as a share of the frame. */
const TOLERANCE = 0.001;
/** Detections this near the least confidence may be found by one backend alone. */
const LEAST = 0.1;

const modelDirectory = join(modelsDirectory(readConfig()), DEFAULT_MODEL);
const start = (backend: BackendName): Promise<ObjectDetector> =>
  createThreadDetector({
    modelDirectory,
    backend,
    threads: 1,
    logger: createSilentLogger(),
    stallMs: 120_000,
  });

/** The native backend, where its library is installed. */
async function startNative(): Promise<ObjectDetector | undefined> {
  try {
    return await start('tensorflow');
  } catch (error) {
    if (error instanceof AppError && error.code === 'TOOL_UNAVAILABLE') return undefined;
    throw error;
  }
}

const native = await startNative();
let wasm: ObjectDetector;
let photograph: DetectorFrame;
let reference: Detection[];

const detect = async (detector: ObjectDetector): Promise<Detection[]> =>
  (await detector.detect([photograph], LEAST - TOLERANCE, neverAborted())).flatMap(
    ({ detections }) => detections,
  );

const differsBy = (a: Detection, b: Detection): number =>
  a.label === b.label
    ? Math.max(
        Math.abs(a.confidence - b.confidence),
        Math.abs(a.box.x - b.box.x),
        Math.abs(a.box.y - b.box.y),
        Math.abs(a.box.x + a.box.width - b.box.x - b.box.width),
        Math.abs(a.box.y + a.box.height - b.box.y - b.box.height),
      )
    : 1;

/** The detections of `some`, sure enough, that `others` have nothing close to. */
const missing = (some: Detection[], others: Detection[]): Detection[] =>
  some.filter(
    (one) => one.confidence >= LEAST && !others.some((other) => differsBy(one, other) <= TOLERANCE),
  );

const expectSame = (found: Detection[]) => {
  expect(missing(found, reference)).toEqual([]);
  expect(missing(reference, found)).toEqual([]);
};

beforeAll(async () => {
  wasm = await start('wasm');
  photograph = await firstDetectorFrame(TINY_VIDEO, wasm.info.input);
  reference = await detect(wasm);
});
afterAll(async () => {
  await wasm.close();
  await native?.close();
});

describe('what is found does not depend on the backend', () => {
  it('wasm: the same again, and more than one thing', async () => {
    expect(await detect(wasm)).toEqual(reference);
    expect(reference.filter(({ confidence }) => confidence >= LEAST).length).toBeGreaterThan(3);
  });

  it('cpu', async () => {
    const cpu = await start('cpu');
    try {
      expectSame(await detect(cpu));
    } finally {
      await cpu.close();
    }
  });

  if (native === undefined) {
    // oxlint-disable-next-line jest/no-disabled-tests
    it.skip('tensorflow (skipped: its native library is not installed)', () => {});
  } else {
    it('tensorflow', async () => {
      expectSame(await detect(native));
    });
  }
});
