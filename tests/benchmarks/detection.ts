/**
 * What one picture costs a detection model, and what a second thread gains: `npm run bench:detection -- --model NAME`.
 * All is measured in alternating rounds of one run, because machines are shared and noisy: read the ratios.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createTable } from '../../src/cli/create-table.ts';
import { modelsDirectory, readConfig } from '../../src/config.ts';
import { createSilentLogger } from '../../src/logger.ts';
import { createHead } from '../../worker/detection/heads/create-head.ts';
import { loadModel } from '../../worker/detection/models/load-model.ts';
import { chooseBackend } from '../../worker/detection/tensorflow/backends.ts';
import { createGraphRunner, readArtifacts } from '../../worker/detection/tensorflow/graph-runner.ts';
import { pictureTensor } from '../../worker/detection/tensorflow/picture-tensor.ts';
import { median } from '../../worker/median.ts';
import { createThreadDetector } from '../../worker/detection/tensorflow/thread-detector.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const FRAMES = 12;

const { values } = parseArgs({ options: { model: { type: 'string', default: 'ssdlite_mobilenet_v2' } } });
const config = readConfig();
const modelDirectory = join(modelsDirectory(config), values.model);
const { manifest } = await loadModel(modelDirectory);
const { width, height } = manifest.input;
const pixels = Array.from({ length: width * height * 3 }, (_, index) => (index * 31) % 256);
const image = { width, height, data: new Uint8Array(new SharedArrayBuffer(pixels.length)) };
image.data.set(pixels);

const time = async (work: () => unknown): Promise<number> => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

const artifacts = await readArtifacts(modelDirectory);
const { proof: runner, backend } = await chooseBackend(config.TF_BACKEND, async () => {
  const started = await createGraphRunner(artifacts, manifest);
  await started.run([image]);
  return started;
});
const head = createHead(manifest);
const detectors = await Promise.all(
  [1, 2].map((threads) =>
    createThreadDetector({
      modelDirectory,
      threads,
      backend,
      stallMs: 120_000,
      logger: createSilentLogger(),
    }),
  ),
);
const frames = Array.from({ length: FRAMES }, () => ({ image, source: image }));
const { signal } = new AbortController();

const conversion: number[] = [];
const inference: number[] = [];
const decoding: number[] = [];
const perFrame: number[][] = detectors.map(() => []);
for (let round = 0; round < ROUNDS; round += 1) {
  for (let frame = 0; frame < FRAMES / 2; frame += 1) {
    conversion.push(await time(() => pictureTensor([image], manifest.input).dispose()));
    inference.push(await time(() => runner.run([image])));
    const [outputs = []] = await runner.run([image]);
    decoding.push(await time(() => head.decode(outputs, 0.05)));
  }
  for (const [index, detector] of detectors.entries()) {
    perFrame[index]?.push((await time(() => detector.detect(frames, 0.5, signal))) / FRAMES);
  }
}
await Promise.all(detectors.map((detector) => detector.close()));
runner.dispose();

const whole = median(inference);
const share = (ms: number): string => `${((100 * ms) / whole).toFixed(2)} %`;
const [one = 0, two = 0] = perFrame.map(median);
const table = createTable([`${manifest.name}, ${backend}`, 'ms', 'ratio']);
table.push(
  ['inference of one picture, all', whole.toFixed(1), '100 %'],
  ['of it: pixels to tensor', median(conversion).toFixed(2), share(median(conversion))],
  ['after it: outputs to boxes', median(decoding).toFixed(2), share(median(decoding))],
  ['a picture, pool of 1 thread', one.toFixed(1), '1'],
  ['a picture, pool of 2 threads', two.toFixed(1), `${(one / two).toFixed(2)} times as many a second`],
);
console.log(table.toString());
