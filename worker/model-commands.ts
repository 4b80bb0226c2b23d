import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { modelsDirectory, type Config } from '../src/config.ts';
import { AppError } from '../src/errors.ts';
import type { Logger } from '../src/logger.ts';
import { checkModel } from './detection/check-model.ts';
import { addModel } from './detection/models/add-model.ts';
import { coco80Labels } from './detection/models/coco-labels.ts';
import type { ExportFacts } from './detection/models/describe-export.ts';
import { ensureModel } from './detection/models/fetch-model.ts';
import { listModels } from './detection/models/list-models.ts';
import { modelDirectory } from './detection/models/model-directory.ts';
import { removeModel } from './detection/models/remove-model.ts';
import { summariseModel, tabulateCheck, tabulateModels } from './describe-models.ts';

/** What `foregsyte models` asks for. Paths are absolute. */
export const modelRequestSchema = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('list') }),
  z.strictObject({
    command: z.literal('add'),
    name: z.string(),
    directory: z.string(),
    /** `coco`, or the path of a file with one label a line. */
    labels: z.string().optional(),
    boxUnit: z.enum(['pixels', 'fraction']).optional(),
    licence: z.string().optional(),
  }),
  z.strictObject({ command: z.literal('remove'), name: z.string() }),
  z.strictObject({ command: z.literal('fetch'), name: z.string() }),
  z.strictObject({ command: z.literal('check'), name: z.string() }),
]);

/** See modelRequestSchema. */
export type ModelRequest = z.infer<typeof modelRequestSchema>;

/** Does what the request asks for, and says what to print. Throws AppErrors, or the signal's reason. */
export async function runModelCommand(
  request: ModelRequest,
  { config, logger, signal }: { config: Config; logger: Logger; signal: AbortSignal },
): Promise<string> {
  const folder = modelsDirectory(config);
  if (request.command === 'list') return tabulateModels(await listModels(folder));
  if (request.command === 'add') {
    const facts = await readFacts(request, config);
    const { manifest } = await addModel(folder, request.name, request.directory, facts);
    return `Added ${summariseModel(manifest)}\nUse it with: foregsyte submit --model ${manifest.name} VIDEO`;
  }
  if (request.command === 'remove') {
    await removeModel(folder, request.name);
    return `Removed ${request.name}.`;
  }
  if (request.command === 'fetch') {
    const { manifest, fetched } = await ensureModel(folder, request.name, { signal });
    return `${fetched ? 'Fetched' : 'Already there:'} ${summariseModel(manifest)}`;
  }
  const directory = modelDirectory(folder, request.name);
  const { TF_BACKEND: backend, DETECTION_BATCH: maxBatch } = config;
  return tabulateCheck(await checkModel(directory, { backend, maxBatch, logger }, signal));
}

async function readFacts(
  { labels, boxUnit, licence }: Extract<ModelRequest, { command: 'add' }>,
  { TF_BACKEND: backend }: Config,
): Promise<ExportFacts> {
  return {
    ...(labels !== undefined && { labels: labels === 'coco' ? coco80Labels : await readLabels(labels) }),
    ...(boxUnit !== undefined && { boxUnit }),
    ...(licence !== undefined && { licence }),
    ...(backend !== undefined && { backend }),
  };
}

async function readLabels(file: string): Promise<string[]> {
  try {
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    return lines.map((line) => line.trim());
  } catch (cause) {
    throw new AppError(
      'INVALID_ARGUMENT',
      'The file of labels cannot be read. Give a text file with one label a line.',
      {
        cause,
      },
    );
  }
}
