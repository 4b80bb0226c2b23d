import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { modelsDirectory, readConfig } from '../../../src/config.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { DEFAULT_MODEL } from '../../../worker/detection/models/catalogue.ts';
import { loadModel } from '../../../worker/detection/models/load-model.ts';
import type {
  DetectorFrame,
  DetectorInput,
  ObjectDetector,
} from '../../../worker/detection/object-detector.ts';
import { startDetectorThread } from '../../../worker/detection/tensorflow/start-detector-thread.ts';
import { createThreadDetector } from '../../../worker/detection/tensorflow/thread-detector.ts';
import { firstDetectorFrame } from '../../helpers/detector-frames.ts';
import { TINY_VIDEO } from '../../helpers/video-tools.ts';

const logger = createSilentLogger();
const signal = new AbortController().signal;
const modelDirectory = join(modelsDirectory(readConfig()), DEFAULT_MODEL);
const start = (threads: number) =>
  createThreadDetector({ modelDirectory, backend: 'wasm', threads, logger, stallMs: 60_000 });

let photograph: DetectorFrame;
let black: DetectorFrame;
let detector: ObjectDetector;
const input: DetectorInput = { width: 300, height: 300, fit: 'stretch' };

beforeAll(async () => {
  photograph = await firstDetectorFrame(TINY_VIDEO, input);
  const { width, height } = input;
  const data = new Uint8Array(new SharedArrayBuffer(width * height * 3));
  black = { image: { width, height, data }, source: input };
  detector = await start(2);
});
afterAll(() => detector.close());

describe('the detector on threads', () => {
  it('finds the people of a photograph, and nothing on black', async () => {
    const [seen, nothing] = await detector.detect([photograph, black], 0.5, signal);
    expect(seen?.detections.filter(({ label }) => label === 'person').length).toBeGreaterThanOrEqual(2);
    expect(nothing?.detections).toEqual([]);
    for (const { confidence, box } of seen?.detections ?? []) {
      expect(confidence).toBeGreaterThanOrEqual(0.5);
      for (const value of [box.x, box.y, box.x + box.width, box.y + box.height]) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1.00001);
      }
    }
  });

  it('answers in the frames’ order, whichever thread was faster', async () => {
    const frames = Array.from({ length: 8 }, (_, index) => (index % 3 === 0 ? photograph : black));
    const answers = await detector.detect(frames, 0.5, signal);
    expect(answers.map(({ detections }) => detections.length > 0)).toEqual(
      frames.map((frame) => frame === photograph),
    );
  });

  it('gives up at once when aborted, and detects on afterwards', async () => {
    const controller = new AbortController();
    const detecting = detector.detect(
      Array.from({ length: 20 }, () => photograph),
      0.5,
      controller.signal,
    );
    controller.abort(new Error('enough'));
    await expect(detecting).rejects.toThrow('enough');
    expect(await detector.detect([black], 0.5, signal)).toHaveLength(1);
  });

  it('says which picture it takes, and refuses any other', async () => {
    expect(detector.info.input).toEqual(input);
    const smaller = await firstDetectorFrame(TINY_VIDEO, { ...input, height: 299 });
    await expect(detector.detect([black, smaller], 0.5, signal)).rejects.toThrow(RangeError);
    const sourceless = { ...black, source: { width: 0, height: 0 } };
    await expect(detector.detect([sourceless], 0.5, signal)).rejects.toThrow(RangeError);
  });

  it('refuses work after it was closed', async () => {
    const closed = await start(1);
    await closed.close();
    await expect(closed.detect([black], 0.5, signal)).rejects.toThrow();
  });

  it('says what to do when the model is missing', async () => {
    const missing = createThreadDetector({
      modelDirectory: '/nonexistent',
      backend: 'wasm',
      threads: 1,
      stallMs: 60_000,
      logger,
    });
    await expect(missing).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      message: expect.stringContaining('npm run models:fetch'),
    });
  });

  it('gives up a thread that takes too long to start', async () => {
    const { directory, manifest } = await loadModel(modelDirectory);
    const late = startDetectorThread({ directory, manifest, backend: 'wasm', maxBatch: 1 }, 1);
    await expect(late).rejects.toMatchObject({
      code: 'TOOL_UNAVAILABLE',
      message: expect.stringContaining('did not start within 1 ms'),
    });
  });

  it('keeps no tensor from frame to frame', async () => {
    const { directory, manifest } = await loadModel(modelDirectory);
    const thread = await startDetectorThread({ directory, manifest, backend: 'wasm', maxBatch: 1 });
    try {
      const counts = new Set<number>();
      for (let frame = 0; frame < 20; frame += 1)
        counts.add((await thread.detect([{ ...photograph, minConfidence: 0.5 }])).tensorCount);
      expect(counts.size).toBe(1);
    } finally {
      await thread.terminate();
    }
  });
});
