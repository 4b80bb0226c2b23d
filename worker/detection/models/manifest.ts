import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../src/errors.ts';
import { MODEL_NAME } from '../../../src/jobs/model-name.ts';

/** Name of the file in a model's folder that says how the model is to be used. */
export const MANIFEST_FILE = 'manifest.json';

/** The largest input side in pixels: its tensor takes 12 bytes a pixel, and an answer grows with it. */
const MAX_SIDE = 4096;
const MAX_LABELS = 10_000;
const MAX_OUTPUTS = 16;

/** Free of control characters, since it is printed to terminals and logs. */
const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}+$/u);
const nodeName = line(500);

/** What every manifest says. Sizes are in pixels. */
const shared = {
  name: z.string().regex(MODEL_NAME),
  version: line(100),
  /** SPDX identifier of the weights' licence. */
  licence: line(200),
  input: z.strictObject({
    /** Name of the graph's input node, which takes [1, height, width, 3]. */
    node: nodeName,
    width: z.int().min(16).max(MAX_SIDE),
    height: z.int().min(16).max(MAX_SIDE),
    /** What the graph expects a pixel's channel to be: type and range. */
    normalisation: z.enum(['int32_0_255', 'float32_0_255', 'float32_0_1']),
    /** How a frame is fitted into the input: as the model was trained. */
    fit: z.enum(['stretch', 'letterbox']).default('stretch'),
  }),
  /** Names of the graph's output nodes, in the order that the head expects. */
  outputs: z.array(nodeName).min(1).max(MAX_OUTPUTS),
  /** One label a class, in the order of the graph's scores; a class without a label is never reported. */
  labels: z.array(line(200).nullable()).min(1).max(MAX_LABELS),
  /** SHA-256 over the model's files (see hash-model.ts), recorded when they were fetched. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
};

const ssdSchema = z.strictObject({ head: z.literal('ssd'), ...shared });
const centernetSchema = z.strictObject({ head: z.literal('centernet'), ...shared });
const yoloSchema = z.strictObject({
  head: z.literal('yolo'),
  /** `v5`: [1, N, 5 + classes] with objectness. `v8`, also of YOLO11: [1, 4 + classes, N]. */
  layout: z.enum(['v5', 'v8']),
  /** Unit of the boxes: pixels of the input, or fractions of its sides. */
  boxUnit: z.enum(['pixels', 'fraction']),
  ...shared,
});

/** Shape of a model's manifest; `head` says how the raw outputs are decoded. */
export const manifestSchema = z.discriminatedUnion('head', [ssdSchema, centernetSchema, yoloSchema]);

/** What a model is and how it is used. */
export type ModelManifest = z.infer<typeof manifestSchema>;

/** The manifest of a YOLO model. */
export type YoloManifest = z.infer<typeof yoloSchema>;

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
      `There is no detection model in the folder ${basename(directory)}. Run \`npm run models:fetch\`, or see \`foregsyte models list\`, then start again.`,
      { cause: error },
    );
  }
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new AppError(
      'MODEL_UNAVAILABLE',
      `The ${MANIFEST_FILE} of ${basename(directory)} is not a valid model manifest. Run \`npm run models:fetch\`, or mend it if the model is your own.`,
      { cause: error },
    );
  }
}
