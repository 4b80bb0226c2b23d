import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { memory, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import type { RgbImage } from '../../rgb-image.ts';
import type { RawOutput } from '../heads/head.ts';
import type { ModelManifest } from '../models/manifest.ts';
import { hasDynamicOperation } from '../models/graph-nodes.ts';
import { readGraphFile } from '../models/model-files.ts';
import { pictureTensor } from './picture-tensor.ts';

/** A model's graph and weights, read from disk and not yet on any backend. */
export type GraphArtifacts = Awaited<ReturnType<typeof readArtifacts>>;

/** What of a manifest says how pictures enter a graph and answers leave it. */
export type GraphEnds = Pick<ModelManifest, 'input' | 'outputs'>;

/** Runs a model's graph on the active backend. */
export interface GraphRunner {
  /**
   * For each of the images, which have exactly the input's size, its outputs in the manifest's order, as if it had been
   * alone. No tensor outlives the call.
   * @throws Error when the graph does not take so many at once.
   */
  run(images: readonly RgbImage[]): Promise<RawOutput[][]>;
  /** How many tensors live now. */
  tensorCount(): number;
  /** Frees the weights. */
  dispose(): void;
}

/**
 * Reads the graph and all weights of the model in `directory`.
 * @throws AppError MODEL_UNAVAILABLE when the graph cannot be read; ENOENT when a shard is missing.
 */
export async function readArtifacts(directory: string) {
  const { topology, weights, shards } = await readGraphFile(directory);
  const buffers = await Promise.all(shards.map((shard) => readFile(join(directory, shard))));
  return {
    modelTopology: topology,
    weightSpecs: weights,
    // Node's buffers can be slices of a shared pool; a copy has an ArrayBuffer of its own.
    weightData: buffers.map((buffer) => new Uint8Array(buffer).buffer),
  };
}

/** Loads the graph onto the active backend. The caller disposes of the runner. */
export async function createGraphRunner(
  artifacts: GraphArtifacts,
  manifest: GraphEnds,
): Promise<GraphRunner> {
  const graph = await loadGraphModel({ load: () => Promise.resolve(artifacts) });
  const isDynamic = hasDynamicOperation(artifacts.modelTopology);
  const execute = async (inputs: NamedTensorMap): Promise<Tensor | Tensor[]> =>
    isDynamic ? graph.executeAsync(inputs, manifest.outputs) : graph.execute(inputs, manifest.outputs);
  return {
    run: (images) => runGraph(execute, manifest, images),
    tensorCount: () => memory().numTensors,
    dispose: () => {
      graph.dispose();
    },
  };
}

async function runGraph(
  execute: (inputs: NamedTensorMap) => Promise<Tensor | Tensor[]>,
  manifest: GraphEnds,
  images: readonly RgbImage[],
): Promise<RawOutput[][]> {
  const input = pictureTensor(images, manifest.input);
  let outputs: Tensor[] = [];
  try {
    const answer = await execute({ [manifest.input.node]: input });
    outputs = Array.isArray(answer) ? answer : [answer];
    const read = await Promise.all(
      outputs.map(async (output) => ({
        shape: output.shape,
        values: new Float32Array(await output.data()),
      })),
    );
    return images.map((_, index) => read.map((output) => partOf(output, index, images.length)));
  } finally {
    input.dispose();
    for (const output of outputs) output.dispose();
  }
}

/** What an output of several pictures says of one of them. */
function partOf(output: RawOutput, index: number, count: number): RawOutput {
  const { shape, values } = output;
  if (count === 1) return output;
  if (shape[0] !== count) throw new Error(`The graph answers ${count} pictures with [${shape.join(', ')}].`);
  const length = values.length / count;
  return { shape: [1, ...shape.slice(1)], values: values.subarray(index * length, (index + 1) * length) };
}
