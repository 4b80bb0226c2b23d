/** A process of detection-backends.ts: detects as many frames as its parent asks for, and answers what they cost. */
import { join } from 'node:path';
import { modelsDirectory, readConfig } from '../../src/config.ts';
import { createSilentLogger } from '../../src/logger.ts';
import { DEFAULT_MODEL } from '../../worker/detection/models/catalogue.ts';
import { createThreadDetector } from '../../worker/detection/tensorflow/thread-detector.ts';

const SIDE = 300;
const MIB = 1024 ** 2;

const data = new Uint8Array(new SharedArrayBuffer(SIDE * SIDE * 3));
for (let index = 0; index < data.length; index += 1) data[index] = (index * 7919) % 251;
const image = { width: SIDE, height: SIDE, data };
const frame = { image, source: image };
const config = readConfig();
const { signal } = new AbortController();
const detector = await createThreadDetector({
  modelDirectory: join(modelsDirectory(config), DEFAULT_MODEL),
  threads: config.DETECTION_THREADS,
  stallMs: 60_000,
  logger: createSilentLogger(),
  ...(config.TF_BACKEND === undefined ? {} : { backend: config.TF_BACKEND }),
});

process.on('message', async (frames: number) => {
  const cpuBefore = process.cpuUsage();
  const begun = performance.now();
  await detector.detect(
    Array.from({ length: frames }, () => frame),
    0.3,
    signal,
  );
  const { user, system } = process.cpuUsage(cpuBefore);
  process.send?.({
    wallMs: (performance.now() - begun) / frames,
    cpuMs: (user + system) / 1000 / frames,
    residentMib: process.memoryUsage().rss / MIB,
  });
});
process.on('disconnect', () => void detector.close());
process.send?.('ready');
