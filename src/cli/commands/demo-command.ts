import { access, constants, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { invocationDirectory } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { createLogger } from '../../logger.ts';
import { resultsPath } from '../../results/results-formats.ts';
import { createReleaseStack } from '../../release-stack.ts';
import { printFailure, runUntilStopped, type ProcessContext } from '../../run-until-stopped.ts';
import { readSummary } from '../client/read-summary.ts';
import { saveResults } from '../client/save-results.ts';
import { createServiceClient } from '../client/service-client.ts';
import { submitFile } from '../client/submit-file.ts';
import { assertCompleted, watchJobs } from '../client/watch-jobs.ts';
import { createJobProgress } from '../job-progress.ts';
import { formatSummary } from '../print-summary.ts';
import { runWorkerTool } from '../run-tool.ts';

const ANNOTATED_FRAMES = '6';

/** `foregsyte demo`: shows on one video what the service does. */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('analyse one video from end to end and show what was found')
    .argument('[video]', 'path of an MP4 file; a sample is made when it is left out')
    .action((video: string | undefined) =>
      runUntilStopped('demo', (context) => runDemo(context, video), printFailure),
    );
}

/**
 * The main job from end to end: starts the stack, submits a video over HTTP as any client would, polls, prints what
 * was found, writes annotated frames, and stops everything. Without `video` a sample is made, once.
 */
async function runDemo({ config, stopping }: ProcessContext, video: string | undefined): Promise<void> {
  const begun = performance.now();
  const owned = createReleaseStack();
  try {
    const path = video === undefined ? await makeSample(stopping) : resolve(invocationDirectory, video);
    await access(path, constants.R_OK).catch((cause: unknown) => {
      throw new AppError('INVALID_ARGUMENT', 'The video cannot be read. Give the path of an MP4 file.', {
        cause,
      });
    });

    const logs = join(config.DATA_DIR, 'logs');
    console.log(`Starting Postgres, API and worker (logs: ${logs}) ...`);
    const logger = createLogger({ name: 'demo', level: 'warn' });
    // Only here, because loading what starts the database takes longer than most commands.
    const { startStack } = await import('../stack.ts');
    const stack = await startStack({ config, logger, signal: stopping, port: 0, logDirectory: logs });
    owned.add(() => stack.close());

    const client = createServiceClient({ url: stack.url, signal: stopping });
    const submitted = performance.now();
    const { id: jobId } = await submitFile(client, path);
    console.log(`Submitted ${path} as job ${jobId}.`);
    const progress = createJobProgress();
    try {
      const settled = await Promise.race([
        watchJobs(client, [jobId], { watcher: progress, signal: stopping }),
        stack.firstExit.then((name) => failBecauseOf(name, logs)),
      ]);
      assertCompleted(settled);
    } finally {
      progress.stop();
    }
    const completed = performance.now();

    console.log(formatSummary(await readSummary(client, jobId)));
    const pictures = join(config.DATA_DIR, 'demo', jobId);
    const document = join(pictures, 'results.json');
    await mkdir(pictures, { recursive: true });
    await saveResults(await client.download(resultsPath(jobId, 'json')), document, stopping);
    await runWorkerTool('demo/annotate-main.js', [path, document, pictures, ANNOTATED_FRAMES], stopping);
    console.log(`Results document:  ${document}`);
    console.log(`Annotated frames:  ${pictures}`);
    console.log(
      `Submitted to completed: ${seconds(completed - submitted)}; whole demo: ${seconds(performance.now() - begun)}.`,
    );
  } finally {
    await owned.close();
  }
}

async function makeSample(signal: AbortSignal): Promise<string> {
  console.log('No video given: using the sample (made once, from photographs of an npm package) ...');
  return runWorkerTool('demo/make-sample-main.js', [], signal);
}

function failBecauseOf(name: string, logs: string): never {
  throw new AppError('TOOL_UNAVAILABLE', `The ${name} ended unexpectedly. See ${join(logs, `${name}.log`)}.`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
