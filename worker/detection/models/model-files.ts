import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../src/errors.ts';

/** Name of the file that holds the graph of a TensorFlow.js model. */
export const GRAPH_FILE = 'model.json';

// A shard that named a path could make the product read files outside the model's folder.
const shardName = z.string().regex(/^[\w-][\w.-]*$/);
const weightSchema = z.object({
  name: z.string(),
  shape: z.array(z.int().min(0)),
  dtype: z.enum(['float32', 'int32', 'bool']),
  quantization: z
    .object({
      dtype: z.enum(['uint8', 'uint16', 'float16']),
      scale: z.number().exactOptional(),
      min: z.number().exactOptional(),
    })
    .exactOptional(),
});
const graphSchema = z.looseObject({
  modelTopology: z.looseObject({}),
  weightsManifest: z.array(z.object({ paths: z.array(shardName), weights: z.array(weightSchema) })),
});

/** A TensorFlow.js graph and the names of the files that hold its weights, in order. */
export interface GraphFile {
  topology: object;
  weights: z.infer<typeof weightSchema>[];
  shards: string[];
}

/**
 * Reads the graph file of a model's folder; the weights stay on disk.
 * @throws AppError MODEL_UNAVAILABLE when it is missing or not a TensorFlow.js graph model.
 */
export async function readGraphFile(directory: string): Promise<GraphFile> {
  try {
    const graph = graphSchema.parse(JSON.parse(await readFile(join(directory, GRAPH_FILE), 'utf8')));
    return {
      topology: graph.modelTopology,
      weights: graph.weightsManifest.flatMap((group) => group.weights),
      shards: graph.weightsManifest.flatMap((group) => group.paths),
    };
  } catch (error) {
    throw new AppError(
      'MODEL_UNAVAILABLE',
      `${join(directory, GRAPH_FILE)} is not a TensorFlow.js graph model. Run \`npm run models:fetch\`, ` +
        'or export your own model again.',
      { cause: error },
    );
  }
}
