import { access, constants } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { invocationDirectory, storageDirectory } from '../config.ts';
import { AppError } from '../errors.ts';
import { createLogger } from '../logger.ts';
import { resultsKey } from '../results/results-keys.ts';
import { createReleaseStack } from '../release-stack.ts';
import type { ProcessContext } from '../run-until-stopped.ts';
import { pollUntilCompleted, readSummary, submitFile } from './analyse-video.ts';
import { createGraphqlClient } from './graphql-client.ts';
import { createJobProgress } from './job-progress.ts';
import { formatSummary } from './print-summary.ts';
import { runWorkerTool } from './run-tool.ts';
import { startStack } from './stack.ts';

const ANNOTATED_FRAMES = '6';

/**
 * The main job from end to end: starts the stack, submits a video over HTTP as any client would, polls, prints what
 * was found, writes annotated frames, and stops everything. Without `video` a sample is made, once.
 */
export async function runDemo(
  { config, stopping }: ProcessContext,
  video: string | undefined,
): Promise<void> {
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
    const stack = await startStack({ config, logger, signal: stopping, port: 0, logDirectory: logs });
    owned.add(() => stack.close());

    const client = createGraphqlClient(stack.url, stopping);
    const submitted = performance.now();
    const jobId = await submitFile(client, path);
    console.log(`Submitted ${path} as job ${jobId}.`);
    const progress = createJobProgress();
    try {
      await Promise.race([
        pollUntilCompleted(client, jobId, {
          onStatus: (status) => progress.update(status),
          signal: stopping,
        }),
        stack.firstExit.then((name) => failBecauseOf(name, logs)),
      ]);
    } finally {
      progress.stop();
    }
    const completed = performance.now();

    console.log(formatSummary(await readSummary(client, jobId)));
    const document = join(storageDirectory(config), resultsKey(jobId));
    const pictures = join(config.DATA_DIR, 'demo', jobId);
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
