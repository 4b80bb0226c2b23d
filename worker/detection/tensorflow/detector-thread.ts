import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { toAppError } from '../../../src/errors.ts';
import { greyPicture } from '../grey-picture.ts';
import { createHeads } from '../heads/create-head.ts';
import { toDetections } from '../heads/to-detections.ts';
import { chooseBackend } from './backends.ts';
import { createGraphRunner, readArtifacts } from './graph-runner.ts';
import { takesBatch } from './takes-batch.ts';
import {
  type DetectedReport,
  type DetectRequest,
  type ReadyReport,
  type ThreadReport,
  type ThreadSetup,
  threadSetupSchema,
} from './thread-messages.ts';

const port = parentPort;
if (port === null) throw new Error('This file is the entry of a worker thread.');

try {
  const { ready, answer } = await start(threadSetupSchema.parse(workerData));
  // An inference that fails leaves the backend's memory in doubt. Nothing catches it here, so it ends the thread,
  // and the pool reports it and starts another.
  port.on('message', async (request: DetectRequest) => {
    port.postMessage(await answer(request));
  });
  port.postMessage(ready);
} catch (error) {
  const { code, message } = toAppError(error);
  port.postMessage({ kind: 'start-failed', code, message, stack: inspect(error) } satisfies ThreadReport);
}

/** Loads the model onto the first backend that runs it; the thread's end frees both. */
async function start(
  setup: ThreadSetup,
): Promise<{ ready: ReadyReport; answer: (request: DetectRequest) => Promise<DetectedReport> }> {
  const { manifest } = setup;
  const artifacts = await readArtifacts(setup.directory);
  const headFor = createHeads(manifest);
  const grey = greyPicture(manifest.input);
  const { proof, backend, passedOver } = await chooseBackend(setup.backend, async () => {
    const candidate = await createGraphRunner(artifacts, manifest);
    try {
      // A backend may load and yet lack an operation of this graph; a first run also compiles what the next need.
      const [outputs = []] = await candidate.run([grey]);
      headFor().decode(outputs, 1);
      return candidate;
    } catch (error) {
      candidate.dispose();
      throw error;
    }
  });
  const answer = async (request: DetectRequest): Promise<DetectedReport> => {
    const startedAt = performance.now();
    const outputs = await proof.run(request.frames.map(({ image }) => image));
    const detections = request.frames.map(({ source, minConfidence, labels }, index) => {
      const candidates = headFor(labels).decode(outputs[index] ?? [], minConfidence);
      return toDetections(candidates, manifest.labels, manifest.input, source);
    });
    const elapsedMs = performance.now() - startedAt;
    return { kind: 'detected', id: request.id, detections, elapsedMs, tensorCount: proof.tensorCount() };
  };
  // Several pictures at once gain on the native backend alone: docs/native-backend.md has the figures.
  const wanted = backend === 'tensorflow' ? setup.maxBatch : 1;
  const batchSize = (await takesBatch(proof, grey, wanted)) ? wanted : 1;
  return { ready: { kind: 'ready', backend, passedOver, batchSize }, answer };
}
