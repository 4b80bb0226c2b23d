import { AppError } from '../../../src/errors.ts';
import { probeGraph } from '../tensorflow/probe-graph.ts';
import type { BackendName } from '../tensorflow/thread-messages.ts';
import { readExportMetadata } from './export-metadata.ts';
import { findGraphInput } from './graph-nodes.ts';
import { manifestSchema, type ModelManifest, type YoloManifest } from './manifest.ts';
import { readGraphFile } from './model-files.ts';
import { recogniseYolo } from './recognise-yolo.ts';

/** What the operator says of an export; what is left out is read from it, or found out by trying it. */
export interface ExportFacts {
  labels?: readonly string[];
  boxUnit?: YoloManifest['boxUnit'];
  /** SPDX identifier. */
  licence?: string;
  backend?: BackendName;
}

/** For a model whose files do not tell. */
const UNKNOWN = 'unknown';

/**
 * The manifest of the folder that `yolo export format=tfjs` wrote, under the name `name`. Its graph is tried on one
 * picture; `copy` is the folder that the graph is read from, once its files have been looked over.
 * @throws AppError MODEL_UNAVAILABLE saying what is missing, or why it is no export of that kind.
 */
export async function describeExport(
  source: string,
  copy: string,
  name: string,
  facts: ExportFacts,
): Promise<ModelManifest> {
  const metadata = await readExportMetadata(source);
  const { topology, outputs } = await readGraphFile(copy);
  const node = findGraphInput(topology);
  const size = node.size ?? metadata.size;
  const labels = facts.labels ?? metadata.labels;
  if (labels === undefined) {
    throw new AppError(
      'MODEL_UNAVAILABLE',
      'The export does not tell its labels, as those of YOLOv5. Give a file with one label a line by --labels FILE, or ' +
        '--labels coco for the 80 COCO labels.',
    );
  }
  if (size === undefined || outputs.length !== 1) {
    throw new AppError(
      'MODEL_UNAVAILABLE',
      `The graph has ${outputs.length} outputs, and ${size ? 'one' : 'no'} size of its input; an export of YOLO has one of ` +
        'each. Export it again with format=tfjs, or write a manifest for it.',
    );
  }
  const input = { node: node.name, ...size, normalisation: 'float32_0_1', fit: 'letterbox' } as const;
  const [output] = await probeGraph(copy, { input, outputs }, facts.backend);
  const recognised = recogniseYolo(output, labels.length);
  return parseManifest({
    name,
    version: metadata.version ?? UNKNOWN,
    licence: facts.licence ?? metadata.licence ?? UNKNOWN,
    head: 'yolo',
    layout: recognised.layout,
    boxUnit: facts.boxUnit ?? recognised.boxUnit,
    input,
    outputs,
    labels: [...labels],
  });
}

function parseManifest(manifest: YoloManifest): ModelManifest {
  const parsed = manifestSchema.safeParse(manifest);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new AppError(
    'MODEL_UNAVAILABLE',
    `The export cannot be used (${where.slice(0, 3).join('; ')}). Export it again, with format=tfjs.`,
    { cause: parsed.error },
  );
}
