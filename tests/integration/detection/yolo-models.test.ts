import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { modelsDirectory, readConfig } from '../../../src/config.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import type { BoundingBox } from '../../../src/results/results-document.ts';
import { addModel } from '../../../worker/detection/models/add-model.ts';
import { DEFAULT_MODEL } from '../../../worker/detection/models/catalogue.ts';
import { coco80Labels } from '../../../worker/detection/models/coco-labels.ts';
import { createThreadDetector } from '../../../worker/detection/tensorflow/thread-detector.ts';
import { intersectionOverUnion } from '../../../worker/tracking/intersection-over-union.ts';
import { firstDetectorFrame } from '../../helpers/detector-frames.ts';
import { describeWithData, optionalData } from '../../helpers/optional-data.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { neverAborted, TINY_VIDEO } from '../../helpers/video-tools.ts';

const models = temporaryDirectory();

/** Where a model sees people on the photograph. */
async function findPeople(modelDirectory: string): Promise<BoundingBox[]> {
  const logger = createSilentLogger();
  const detector = await createThreadDetector({
    modelDirectory,
    backend: 'wasm',
    threads: 1,
    stallMs: 60_000,
    logger,
  });
  try {
    const photograph = await firstDetectorFrame(TINY_VIDEO, detector.info.input);
    const answers = await detector.detect([photograph], 0.5, neverAborted());
    return answers.flatMap(({ detections }) =>
      detections.filter(({ label }) => label === 'person').map(({ box }) => box),
    );
  } finally {
    await detector.close();
  }
}

describeWithData('models', 'YOLO models', () => {
  let expected: BoundingBox[];

  beforeAll(async () => {
    expected = await findPeople(join(modelsDirectory(readConfig()), DEFAULT_MODEL));
    if (expected.length < 2) throw new Error('The default model sees too few people to compare with.');
  });

  it.each([
    ['yolov8n-coco', {}],
    ['yolov5n-coco', { labels: coco80Labels }],
  ])('of %s sees the people where the default model sees them', async (name, facts) => {
    const { directory } = await addModel(models, name, optionalData('models', name), facts);
    const found = await findPeople(directory);
    for (const box of expected) {
      expect(Math.max(...found.map((other) => intersectionOverUnion(box, other)))).toBeGreaterThan(0.5);
    }
  });
});
