import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { modelsDirectory, projectRoot, readConfig } from '../../../src/config.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import type { Detection } from '../../../src/results/results-document.ts';
import { DEFAULT_MODEL } from '../../../worker/detection/models/catalogue.ts';
import { loadModel } from '../../../worker/detection/models/load-model.ts';
import type { DetectorFrame, ObjectDetector } from '../../../worker/detection/object-detector.ts';
import {
  type DetectorThread,
  startDetectorThread,
} from '../../../worker/detection/tensorflow/start-detector-thread.ts';
import type { FrameRequest } from '../../../worker/detection/tensorflow/thread-messages.ts';
import { createThreadDetector } from '../../../worker/detection/tensorflow/thread-detector.ts';
import { firstDetectorFrame } from '../../helpers/detector-frames.ts';
import { describeWithTensorflow } from '../../helpers/tensorflow-add-on.ts';
import { TINY_VIDEO } from '../../helpers/video-tools.ts';

const run = promisify(execFile);
const logger = createSilentLogger();
const signal = new AbortController().signal;
const modelDirectory = join(modelsDirectory(readConfig()), DEFAULT_MODEL);
const program = join(projectRoot, 'tests/helpers/detect-natively.mjs');
/** What confidences (0..1) and edges of boxes (0..1) may differ by between backends; docs/models.md names it. */
const TOLERANCE = 0.001;

const start = (backend: 'tensorflow' | 'wasm') =>
  createThreadDetector({ modelDirectory, backend, threads: 2, logger, stallMs: 60_000 });
const startThread = async (): Promise<DetectorThread> => {
  const { directory, manifest } = await loadModel(modelDirectory);
  return startDetectorThread({ directory, manifest, backend: 'tensorflow', maxBatch: 4 });
};
/** The largest difference of any number. */
const differenceOf = (some: Detection[], others: Detection[]): number => {
  const expected = others.flatMap(numbersOf);
  return Math.max(
    ...some.flatMap(numbersOf).map((value, index) => Math.abs(value - (expected[index] ?? Number.NaN))),
  );
};
const numbersOf = ({ confidence, box }: Detection) => [confidence, box.x, box.y, box.width, box.height];

describeWithTensorflow('the detector on the native backend', () => {
  let photograph: DetectorFrame;
  let wanted: FrameRequest;
  let detector: ObjectDetector;

  beforeAll(async () => {
    detector = await start('tensorflow');
    photograph = await firstDetectorFrame(TINY_VIDEO, detector.info.input);
    wanted = { ...photograph, minConfidence: 0.3 };
  });
  afterAll(() => detector.close());

  it('sees what wasm sees, on all of its threads', async () => {
    const wasm = await start('wasm');
    try {
      const [expected] = await wasm.detect([photograph], 0.3, signal);
      const answers = await detector.detect([photograph, photograph, photograph, photograph], 0.3, signal);
      expect([detector.info.backend, wasm.info.backend]).toEqual(['tensorflow', 'wasm']);
      expect(expected?.detections.length).toBeGreaterThanOrEqual(2);
      for (const { detections } of answers) {
        expect(detections.map(({ label }) => label)).toEqual(expected?.detections.map(({ label }) => label));
        expect(differenceOf(detections, expected?.detections ?? [])).toBeLessThan(TOLERANCE);
      }
    } finally {
      await wasm.close();
    }
  });

  it('keeps no tensor from frame to frame', async () => {
    const thread = await startThread();
    try {
      const counts = new Set<number>();
      for (let frame = 0; frame < 60; frame += 1) {
        counts.add((await thread.detect([wanted])).tensorCount);
      }
      expect(counts.size).toBe(1);
    } finally {
      await thread.terminate();
    }
  });

  it('finds on frames that go through the model together what it finds on each, and keeps no tensor', async () => {
    const thread = await startThread();
    try {
      expect(thread.ready.batchSize).toBe(4);
      const black = new Uint8Array(new SharedArrayBuffer(wanted.image.data.length));
      const empty = { ...wanted, image: { ...wanted.image, data: black } };
      const {
        detections: [alone],
      } = await thread.detect([wanted]);
      const counts = new Set<number>();
      for (const batch of [
        [empty, wanted],
        [wanted, empty, wanted],
        [empty, empty, empty, wanted],
      ]) {
        // A thread answers one request after the other.
        // oxlint-disable-next-line no-await-in-loop
        const { detections, tensorCount } = await thread.detect(batch);
        counts.add(tensorCount);
        expect(detections.map(({ length }) => length)).toEqual(
          batch.map((frame) => (frame === empty ? 0 : alone?.length)),
        );
        for (const [index, found] of detections.entries()) {
          if (batch[index] === wanted) expect(differenceOf(found, alone ?? [])).toBeLessThan(TOLERANCE);
        }
      }
      expect(counts.size).toBe(1);
    } finally {
      await thread.terminate();
    }
  });

  it('goes on when a thread is ended in the middle of a frame and another takes its place', async () => {
    const [before] = await detector.detect([photograph], 0.3, signal);
    for (let round = 0; round < 3; round += 1) {
      const thread = await startThread();
      const cutOff = expect(thread.detect([wanted])).rejects.toMatchObject({
        code: 'INFERENCE_STALLED',
      });
      await Promise.all([thread.terminate(), cutOff]);
    }
    const fresh = await startThread();
    try {
      expect((await fresh.detect([wanted])).detections).toEqual([before?.detections]);
      const [after] = await detector.detect([photograph], 0.3, signal);
      expect(after?.detections).toEqual(before?.detections);
    } finally {
      await fresh.terminate();
    }
  });

  it.each(['close', 'exit'])('lets its process end cleanly by %s, without chatter', async (ending) => {
    // Rejects when the process fails or crashes.
    const { stdout, stderr } = await run(process.execPath, [program, modelDirectory, ending], {
      timeout: 60_000,
    });
    expect(stdout).toBe(ending === 'close' ? '4\n' : '');
    expect(stderr).not.toMatch(/cpu_feature_guard|DeprecationWarning/);
  });
});
