import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { invocationDirectory } from '../../config.ts';
import { resultsPath, type ResultsFormat } from '../../results/results-formats.ts';
import { readSummary } from '../client/read-summary.ts';
import { saveResults } from '../client/save-results.ts';
import { formatSummary } from '../print-summary.ts';
import { runCommand, type CommandContext } from '../run-command.ts';

/** The formats that are fetched whole, by the names they have on the command line. */
const DOWNLOADS: Readonly<Record<string, ResultsFormat>> = {
  json: 'json',
  csv: 'csv',
  vtt: 'webvtt',
  coco: 'coco',
};

interface ResultsOptions {
  format: string;
  output?: string;
}

/** `foregsyte results`: shows or fetches the results of a completed job. */
export function addResultsCommand(program: Command): void {
  program
    .command('results')
    .description('show or fetch the results of a completed job')
    .argument('<job-id>', 'id of the job')
    .addOption(
      new Option(
        '--format <format>',
        'table: a summary; json: the whole document; csv: one line a detection; vtt: the texts as subtitles; coco: a COCO data set',
      )
        .choices(['table', ...Object.keys(DOWNLOADS)])
        .default('table'),
    )
    .option('--output <file>', 'write to this file instead of standard output')
    .addHelpText(
      'after',
      `
Examples:
  $ foregsyte results 0199f3ab-5f2c-7d1e-8a36-0c9d2f4b6e71
  $ foregsyte results 0199f3ab-5f2c-7d1e-8a36-0c9d2f4b6e71 --format vtt --output holiday.vtt
  $ foregsyte results 0199f3ab-5f2c-7d1e-8a36-0c9d2f4b6e71 --format csv | head`,
    )
    .action((jobId: string, options: ResultsOptions, command: Command) =>
      runCommand(command, (context) => showResults(context, jobId, options)),
    );
}

async function showResults(context: CommandContext, jobId: string, options: ResultsOptions): Promise<void> {
  const { client, stopping } = context;
  const format = DOWNLOADS[options.format];
  const output = options.output === undefined ? undefined : resolve(invocationDirectory, options.output);
  const source = format
    ? await client.download(resultsPath(jobId, format))
    : lines(`${formatSummary(await readSummary(client, jobId))}\n`);
  await saveResults(source, output, stopping);
  if (output !== undefined) console.error(`Wrote ${output}.`);
}

async function* lines(text: string): AsyncGenerator<string> {
  yield text;
}
