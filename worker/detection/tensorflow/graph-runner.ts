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
  /** The outputs for one image of exactly the input's size, in the manifest's order. No tensor outlives the call. */
  run(image: RgbImage): Promise<RawOutput[]>;
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
    run: (image) => runGraph(execute, manifest, image),
    tensorCount: () => memory().numTensors,
    dispose: () => {
      graph.dispose();
    },
  };
}

async function runGraph(
  execute: (inputs: NamedTensorMap) => Promise<Tensor | Tensor[]>,
  manifest: GraphEnds,
  image: RgbImage,
): Promise<RawOutput[]> {
  const input = pictureTensor(image, manifest.input);
  let outputs: Tensor[] = [];
  try {
    const answer = await execute({ [manifest.input.node]: input });
    outputs = Array.isArray(answer) ? answer : [answer];
    return await Promise.all(
      outputs.map(async (output) => ({
        shape: output.shape,
        values: new Float32Array(await output.data()),
      })),
    );
  } finally {
    input.dispose();
    for (const output of outputs) output.dispose();
  }
}
