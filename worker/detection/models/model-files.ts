import { lstat, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../src/errors.ts';

/** Name of the file that holds the graph of a TensorFlow.js model. */
export const GRAPH_FILE = 'model.json';

/** The largest graph file that is parsed, in bytes: those of large models have a few million. */
const MAX_GRAPH_BYTES = 64 * 1024 ** 2;

/** The most bytes that a model's files may have together; a detector's threads each hold them in memory. */
const MAX_MODEL_BYTES = 512 * 1024 ** 2;

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
  signature: z
    .looseObject({ outputs: z.record(z.string(), z.looseObject({ name: z.string() })).optional() })
    .optional(),
  weightsManifest: z.array(z.object({ paths: z.array(shardName), weights: z.array(weightSchema) })),
});

/** A TensorFlow.js graph and the names of the files that hold its weights, in order. */
export interface GraphFile {
  topology: object;
  /** Names of the output nodes that the export declares; empty when it declares none. */
  outputs: string[];
  weights: z.infer<typeof weightSchema>[];
  shards: string[];
}

/**
 * Reads the graph file of a model's folder; the weights stay on disk.
 * @throws AppError MODEL_UNAVAILABLE when it is missing or not a TensorFlow.js graph model.
 */
export async function readGraphFile(directory: string): Promise<GraphFile> {
  try {
    const file = join(directory, GRAPH_FILE);
    const { size } = await lstat(file);
    if (size > MAX_GRAPH_BYTES)
      throw new RangeError(`It has ${size} bytes, at most ${MAX_GRAPH_BYTES} are read.`);
    const graph = graphSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return {
      topology: graph.modelTopology,
      outputs: Object.values(graph.signature?.outputs ?? {}).map(({ name }) => name.replace(/:0$/, '')),
      weights: graph.weightsManifest.flatMap((group) => group.weights),
      shards: graph.weightsManifest.flatMap((group) => group.paths),
    };
  } catch (error) {
    throw new AppError(
      'MODEL_UNAVAILABLE',
      `The ${GRAPH_FILE} of ${basename(directory)} is not a TensorFlow.js graph model. Run \`npm run models:fetch\`, ` +
        'or export your own model again.',
      { cause: error },
    );
  }
}

/**
 * Names of the graph file and of all weight files in a model's folder, each once, in order of name.
 * @throws AppError MODEL_UNAVAILABLE when one of them is no plain file (a link could lead out of the folder) or all
 * together are too large; ENOENT when one is missing.
 */
export async function listModelFiles(directory: string): Promise<string[]> {
  const { shards } = await readGraphFile(directory);
  const files = [...new Set([GRAPH_FILE, ...shards])].toSorted();
  const stats = await Promise.all(files.map((file) => lstat(join(directory, file))));
  const odd = files.find((_, index) => stats[index]?.isFile() !== true);
  if (odd !== undefined) {
    throw new AppError(
      'MODEL_UNAVAILABLE',
      `The file ${odd} of ${basename(directory)} is not a plain file. Replace it by the file itself, then try again.`,
    );
  }
  const bytes = stats.reduce((sum, { size }) => sum + size, 0);
  if (bytes <= MAX_MODEL_BYTES) return files;
  throw new AppError(
    'MODEL_UNAVAILABLE',
    `The model in ${basename(directory)} has ${bytes} bytes; the limit is ${MAX_MODEL_BYTES}. Export a smaller one.`,
  );
}
