import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { invocationDirectory } from '../../config.ts';
import { readSummary } from '../client/read-summary.ts';
import { assertReadable, submitFile, type Submission } from '../client/submit-file.ts';
import { assertCompleted } from '../client/watch-jobs.ts';
import type { JobLineFragment, SamplingMode } from '../generated/graphql.ts';
import {
  gather,
  parseInteger,
  parseModelName,
  parseNumber,
  parseRate,
  parseSampling,
} from '../parse-arguments.ts';
import { formatSummary } from '../print-summary.ts';
import { runCommand, type CommandContext } from '../run-command.ts';
import { waitForJobs } from '../wait-for-jobs.ts';

interface SubmitOptions {
  wait?: true;
  json?: true;
  pipeline?: string;
  sampling?: SamplingMode;
  samplesPerSecond?: number | 'all';
  minConfidence?: number;
  minTextConfidence?: number;
  startMs?: number;
  endMs?: number;
  model?: string;
  label?: string[];
  language?: string[];
  reuse: boolean;
  reuseThreshold?: number;
  priority?: number;
  tag?: string[];
  idempotencyKey?: string;
}

/** `foregsyte submit`: sends videos and, when asked to, waits for their results. */
export function addSubmitCommand(program: Command): void {
  program
    .command('submit')
    .description('send videos to the service, each for a job')
    .argument('<video...>', 'paths of MP4 files')
    .option('--wait', 'wait until the jobs are done, and print what was found')
    .option('--json', 'print JSON alone: an array with one object a video')
    .option('--pipeline <id>', 'which pipeline analyses the videos')
    .option('--sampling <mode>', 'how frames are chosen: uniform, adaptive or all', parseSampling)
    .option('--samples-per-second <number>', 'frames looked at per second of video, or all', parseRate)
    .option('--min-confidence <number>', 'least confidence of an object, 0.05 to 1', parseNumber)
    .option('--min-text-confidence <number>', 'least confidence of a line of text, 0 to 1', parseNumber)
    .option('--start-ms <ms>', 'where in the video to begin, in milliseconds', parseInteger)
    .option('--end-ms <ms>', 'where in the video to end, in milliseconds', parseInteger)
    .option('--model <name>', 'detection model, one of `foregsyte models list` on the worker', parseModelName)
    .option('--label <label>', 'only objects with this label; may be given again', gather)
    .option('--language <code>', 'language of the text, the main one first; may be given again', gather)
    .option('--no-reuse', 'analyse frames again that show what an earlier one showed')
    .option('--reuse-threshold <0..255>', 'difference of brightness that counts as unchanged', parseInteger)
    .option('--priority <0..9>', 'jobs of a higher priority are taken first', parseInteger)
    .option('--tag <tag>', 'a word to find the job by; may be given again', gather)
    .option('--idempotency-key <key>', 'the same key gives the same job again; for one video alone')
    .addHelpText(
      'after',
      `
What is left out has the service's default. Ctrl-C while waiting leaves the jobs running.

Examples:
  $ foregsyte submit holiday.mp4
  $ foregsyte submit --wait --samples-per-second 2 --label person --label dog holiday.mp4
  $ foregsyte submit --json --tag tuesday *.mp4 | jq -r '.[].id'`,
    )
    .action((videos: string[], options: SubmitOptions, command: Command) => {
      if (options.idempotencyKey !== undefined && videos.length > 1) {
        command.error('error: --idempotency-key is for one video: a key belongs to one job');
      }
      return runCommand(command, (context) => submit(context, videos, options));
    });
}

async function submit(context: CommandContext, videos: string[], options: SubmitOptions): Promise<void> {
  const { client } = context;
  const paths = videos.map((video) => resolve(invocationDirectory, video));
  // Before the first is sent, so that a typing error does not leave half of them submitted.
  for (const path of paths) await assertReadable(path);

  const jobs: JobLineFragment[] = [];
  const say = options.json ? () => {} : console.log;
  try {
    for (const path of paths) {
      const job = await submitFile(client, path, submissionOf(options));
      jobs.push(job);
      say(`Submitted ${basename(path)} as job ${job.id}.`);
    }
  } catch (error) {
    // What was submitted before is told even when a later video is refused.
    if (options.json) printJson(jobs);
    throw error;
  }

  if (options.wait) return printOutcome(context, jobs, options.json === true);
  if (options.json) printJson(jobs);
  else console.log(`Watch with: foregsyte status --wait ${jobs.map(({ id }) => id).join(' ')}`);
}

async function printOutcome(context: CommandContext, jobs: JobLineFragment[], json: boolean): Promise<void> {
  const { client } = context;
  const settled = await waitForJobs(
    context,
    jobs.map(({ id }) => id),
  );
  const outcomes = [];
  for (const [index, standing] of settled.entries()) {
    const results = standing.status === 'COMPLETED' ? await readSummary(client, standing.id) : null;
    outcomes.push({ ...jobs[index], ...standing, results });
  }
  if (json) {
    printJson(outcomes);
  } else {
    for (const { results, originalFilename, id } of outcomes) {
      if (results) console.log(`\n${originalFilename} (job ${id})\n${formatSummary(results)}`);
    }
  }
  assertCompleted(settled);
}

function submissionOf(options: SubmitOptions): Submission {
  const { samplesPerSecond, minConfidence, minTextConfidence, startMs, endMs, model, reuseThreshold } =
    options;
  return {
    pipelineId: options.pipeline,
    options: {
      ...(samplesPerSecond === 'all'
        ? { sampling: 'ALL' }
        : { sampling: options.sampling, samplesPerSecond }),
      minConfidence,
      minTextConfidence,
      startMs,
      endMs,
      model,
      labels: options.label,
      languages: options.language,
      // Left out, the service's default holds.
      reuseUnchanged: options.reuse ? undefined : false,
      reuseThreshold,
    },
    priority: options.priority,
    tags: options.tag,
    idempotencyKey: options.idempotencyKey,
  };
}

function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}
