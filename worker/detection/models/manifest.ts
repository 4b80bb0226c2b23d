import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../src/errors.ts';

/** Name of the file in a model's folder that says how the model is to be used. */
export const MANIFEST_FILE = 'manifest.json';

/** Shape of a model's manifest. Sizes are in pixels. */
export const manifestSchema = z.strictObject({
  name: z.string().min(1),
  version: z.string().min(1),
  /** SPDX identifier of the weights' licence. */
  licence: z.string().min(1),
  /** How the raw outputs are decoded. */
  head: z.enum(['ssd']),
  input: z.strictObject({
    /** Name of the graph's input node, which takes [1, height, width, 3]. */
    node: z.string().min(1),
    width: z.int().min(16).max(4096),
    height: z.int().min(16).max(4096),
    /** What the graph expects a pixel's channel to be: a 32-bit integer from 0 to 255. */
    normalisation: z.enum(['int32_0_255']),
    /** How a frame is fitted into the input: as the model was trained. */
    fit: z.enum(['stretch', 'letterbox']).default('stretch'),
  }),
  /** Names of the graph's output nodes, in the order that the head expects. */
  outputs: z.array(z.string().min(1)).min(1),
  /** One label a class, in the order of the graph's scores; a class without a label is never reported. */
  labels: z.array(z.string().min(1).nullable()).min(1),
  /** SHA-256 over the model's files (see hash-model.ts), recorded when they were fetched. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});

/** What a model is and how it is used. */
export type ModelManifest = z.infer<typeof manifestSchema>;

/**
 * Reads and validates the manifest in a model's folder.
 * @throws AppError MODEL_UNAVAILABLE when there is none, or when it is not a manifest.
 */
export async function readManifest(directory: string): Promise<ModelManifest> {
  const file = join(directory, MANIFEST_FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new AppError(
      'MODEL_UNAVAILABLE',
      `There is no detection model in ${directory}. Run \`npm run models:fetch\`, then start again.`,
      { cause: error },
    );
  }
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new AppError(
      'MODEL_UNAVAILABLE',
      `${file} is not a valid model manifest. Run \`npm run models:fetch\`, or mend it if the model is your own.`,
      { cause: error },
    );
  }
}
