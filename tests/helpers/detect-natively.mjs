// A process that detects on the native backend and ends: `close` by closing the detector, `exit` in the middle of its work.
import { createSilentLogger } from '../../dist/src/logger.js';
import { createThreadDetector } from '../../dist/worker/detection/tensorflow/thread-detector.js';

const [modelDirectory, ending] = process.argv.slice(2);
const side = 300;
const image = { width: side, height: side, data: new Uint8Array(new SharedArrayBuffer(side * side * 3)) };
const frame = { image, source: image };
const detector = await createThreadDetector({
  modelDirectory,
  backend: 'tensorflow',
  threads: 2,
  stallMs: 60_000,
  logger: createSilentLogger(),
});
const { signal } = new AbortController();
const detecting = detector.detect([frame, frame, frame, frame], 0.5, signal);
if (ending === 'exit') process.exit(0);
console.log((await detecting).length);
await detector.close();
