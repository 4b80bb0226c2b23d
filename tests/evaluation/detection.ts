/**
 * How well a detection model sees, by the COCO definition, on pictures that are decoded, scaled and analysed as the
 * frames of a video are: `npm run eval:detection -- --coco DIR --model NAME`. The figures of few pictures spread widely:
 * compare models, backends and settings only on the same ones.
 */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createTable } from '../../src/cli/create-table.ts';
import { invocationDirectory, modelsDirectory, readConfig } from '../../src/config.ts';
import { createSilentLogger } from '../../src/logger.ts';
import { createThreadDetector } from '../../worker/detection/tensorflow/thread-detector.ts';
import { findFfmpegBinaries } from '../../worker/frames/ffmpeg-binaries.ts';
import { mapInOrder } from '../../worker/pipelines/map-in-order.ts';
import { type FoundObject, meanAveragePrecision } from './average-precision.ts';
import { readCocoData } from './coco-data.ts';
import { readPicture } from './read-picture.ts';

const { values } = parseArgs({
  options: {
    /** Folder with instances.json and images. */
    coco: { type: 'string' },
    /** Name of a model in the models' folder. */
    model: { type: 'string', default: 'ssdlite_mobilenet_v2' },
    'min-confidence': { type: 'string', default: '0.01' },
    /** A file for the detections, in COCO's format for results. */
    detections: { type: 'string' },
  },
});
if (values.coco === undefined) throw new Error('Give the folder of the pictures: --coco DIR.');

const config = readConfig();
const logger = createSilentLogger();
const { signal } = new AbortController();
const minConfidence = Number(values['min-confidence']);
const data = await readCocoData(resolve(invocationDirectory, values.coco));
const binaries = await findFfmpegBinaries(config, logger);
const detector = await createThreadDetector({
  modelDirectory: join(modelsDirectory(config), values.model),
  threads: config.DETECTION_THREADS,
  stallMs: config.INFERENCE_STALL_MS,
  logger,
  ...(config.TF_BACKEND === undefined ? {} : { backend: config.TF_BACKEND }),
});

try {
  const { input, backend, labels } = detector.info;
  const found: FoundObject[] = [];
  let elapsedMs = 0;
  async function* images() {
    yield* data.images;
  }
  const analysed = mapInOrder(
    images(),
    async (image, imageSignal) => {
      const frame = await readPicture(binaries, image.path, image, input, imageSignal);
      return { image, answers: await detector.detect([frame], minConfidence, imageSignal) };
    },
    { concurrency: config.DETECTION_THREADS + 1, signal },
  );
  const begun = performance.now();
  for await (const { image, answers } of analysed) {
    for (const answer of answers) {
      elapsedMs += answer.elapsedMs;
      for (const { label, confidence, box } of answer.detections) {
        const pixels = {
          x: box.x * image.width,
          y: box.y * image.height,
          width: box.width * image.width,
          height: box.height * image.height,
        };
        found.push({ imageId: image.id, label, confidence, box: pixels });
      }
    }
  }
  const wallMs = performance.now() - begun;
  const { average, at50 } = meanAveragePrecision(data.truth, found);
  const table = createTable([]);
  table.push(
    { model: `${detector.info.model} ${detector.info.version}` },
    { backend: `${backend}, ${config.DETECTION_THREADS} threads` },
    { input: `${input.width}x${input.height}, ${input.fit}` },
    {
      labels: `${labels.filter((label) => data.categories.has(label)).length} of ${labels.length} in the data set`,
    },
    { pictures: data.images.length },
    { detections: `${found.length}, confidence ${minConfidence} and more` },
    { 'mAP@[.5:.95]': average.toFixed(3) },
    { 'mAP@.5': at50.toFixed(3) },
    { 'inference, ms a picture': (elapsedMs / data.images.length).toFixed(0) },
    { 'all, ms a picture': (wallMs / data.images.length).toFixed(0) },
  );
  console.log(table.toString());
  if (values.detections !== undefined) {
    const results = found.map(({ imageId, label, confidence, box }) => ({
      image_id: imageId,
      category_id: data.categories.get(label),
      bbox: [box.x, box.y, box.width, box.height],
      score: confidence,
    }));
    await writeFile(resolve(invocationDirectory, values.detections), JSON.stringify(results));
  }
} finally {
  await detector.close();
}
