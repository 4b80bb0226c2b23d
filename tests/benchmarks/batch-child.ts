/**
 * A process of detection-batches.ts: runs a model's graph on its only thread with as many pictures at once as its parent
 * asks for, and answers what that cost and how far the answers are from those of single pictures.
 */
import { join } from 'node:path';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import type { Tensor } from '@tensorflow/tfjs-core';
import { modelsDirectory, readConfig, useTensorflowDefaults } from '../../src/config.ts';
import { createHead } from '../../worker/detection/heads/create-head.ts';
import type { RawOutput } from '../../worker/detection/heads/head.ts';
import { toDetections } from '../../worker/detection/heads/to-detections.ts';
import { hasDynamicOperation } from '../../worker/detection/models/graph-nodes.ts';
import { loadModel } from '../../worker/detection/models/load-model.ts';
import type { DetectorFrame } from '../../worker/detection/object-detector.ts';
import { chooseBackend } from '../../worker/detection/tensorflow/backends.ts';
import { readArtifacts } from '../../worker/detection/tensorflow/graph-runner.ts';
import { pictureTensor } from '../../worker/detection/tensorflow/picture-tensor.ts';
import { detectorFrames } from '../helpers/detector-frames.ts';

/** What the parent asks for: all pictures, so many at once. */
export interface BatchRequest {
  size: number;
}

/** What it cost, or why it cannot be done. */
export type BatchAnswer =
  | { failure: string }
  | {
      pictures: number;
      wallMs: number;
      cpuMs: number;
      residentMib: number;
      /** The largest difference of any output from that of the picture alone. */
      difference: number;
      /** Pictures whose detections, rounded as in results, are not those of the picture alone. */
      changed: number;
    };

const MIB = 1024 ** 2;
const PICTURES = 8;
const MIN_CONFIDENCE = 0.3;

const [name = '', video = ''] = process.argv.slice(2);
useTensorflowDefaults();
const config = readConfig();
const { directory, manifest } = await loadModel(join(modelsDirectory(config), name));
const artifacts = await readArtifacts(directory);
const { proof: graph } = await chooseBackend(config.TF_BACKEND, () =>
  loadGraphModel({ load: () => Promise.resolve(artifacts) }),
);
const isDynamic = hasDynamicOperation(artifacts.modelTopology);
const head = createHead(manifest);

const frames: DetectorFrame[] = [];
for await (const { frame } of detectorFrames(video, manifest.input, Infinity)) {
  if (frames.push(frame) === PICTURES) break;
}
if (frames.length < PICTURES) throw new Error(`${video} has fewer than ${PICTURES} frames.`);
const alone: RawOutput[][] = [];
for (const frame of frames) alone.push(...(await runBatch([frame])));

/** The outputs of each picture of one batch. */
async function runBatch(batch: readonly DetectorFrame[]): Promise<RawOutput[][]> {
  const input = pictureTensor(
    batch.map(({ image }) => image),
    manifest.input,
  );
  const feed = { [manifest.input.node]: input };
  let outputs: Tensor[] = [];
  try {
    const answer = isDynamic
      ? await graph.executeAsync(feed, manifest.outputs)
      : graph.execute(feed, manifest.outputs);
    outputs = Array.isArray(answer) ? answer : [answer];
    const read = await Promise.all(
      outputs.map(async (output) => ({ shape: output.shape, values: await output.data() })),
    );
    return batch.map((_, index) =>
      read.map(({ shape, values }) => {
        const length = values.length / batch.length;
        const part = values.slice(index * length, (index + 1) * length);
        return { shape: [1, ...shape.slice(1)], values: new Float32Array(part) };
      }),
    );
  } finally {
    for (const tensor of [input, ...outputs]) tensor.dispose();
  }
}

function difference(some: readonly RawOutput[], others: readonly RawOutput[]): number {
  let largest = 0;
  for (const [index, { values }] of some.entries()) {
    const other = others[index]?.values;
    values.forEach((value, at) => {
      largest = Math.max(largest, Math.abs(value - (other?.[at] ?? Number.NaN)));
    });
  }
  return largest;
}

function detectionsOf(outputs: readonly RawOutput[]): string {
  const candidates = head.decode(outputs, MIN_CONFIDENCE);
  return JSON.stringify(toDetections(candidates, manifest.labels, manifest.input, manifest.input));
}

async function measure(size: number): Promise<BatchAnswer> {
  const outputs: RawOutput[][] = [];
  const cpuBefore = process.cpuUsage();
  const begun = performance.now();
  for (let first = 0; first < frames.length; first += size) {
    outputs.push(...(await runBatch(frames.slice(first, first + size))));
  }
  const wallMs = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    pictures: frames.length,
    wallMs,
    cpuMs: (user + system) / 1000,
    residentMib: process.memoryUsage().rss / MIB,
    difference: Math.max(...outputs.map((output, index) => difference(output, alone[index] ?? []))),
    changed: outputs.filter((output, index) => detectionsOf(output) !== detectionsOf(alone[index] ?? []))
      .length,
  };
}

process.on('message', async ({ size }: BatchRequest) => {
  try {
    process.send?.(await measure(size));
  } catch (error) {
    process.send?.({ failure: String(error) } satisfies BatchAnswer);
  }
});
process.send?.('ready');
