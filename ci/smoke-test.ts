import { join } from 'node:path';
import { z } from 'zod';
import { createServiceClient } from '../src/cli/client/service-client.ts';
import { submitFile } from '../src/cli/client/submit-file.ts';
import { assertCompleted, watchJobs } from '../src/cli/client/watch-jobs.ts';
import { createJobProgress } from '../src/cli/job-progress.ts';
import { startStack } from '../src/cli/stack.ts';
import { projectRoot, readConfig } from '../src/config.ts';
import { createLogger } from '../src/logger.ts';

/**
 * The shortest proof that the service works: starts it, submits tests/fixtures/tiny.mp4 to the pipeline yolo_ocr,
 * waits at most 30 s for it to be completed, fetches the results, and checks that `results` is there.
 */
const COMPLETION_MS = 30_000;

const config = readConfig();
const logger = createLogger({ name: 'smoke', level: 'warn' });
const logDirectory = join(config.DATA_DIR, 'logs');
const stack = await startStack({
  config,
  logger,
  signal: AbortSignal.timeout(120_000),
  port: 0,
  logDirectory,
});
try {
  const signal = AbortSignal.timeout(COMPLETION_MS);
  const client = createServiceClient({ url: stack.url, signal });
  const { id: jobId } = await submitFile(client, join(projectRoot, 'tests', 'fixtures', 'tiny.mp4'));
  const progress = createJobProgress();
  assertCompleted(
    await watchJobs(client, [jobId], { watcher: progress, signal }).finally(() => progress.stop()),
  );
  const response = await fetch(`${stack.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'query($jobId: ID!) { results(jobId: $jobId) { pipelineId frames { totalCount } } }',
      variables: { jobId },
    }),
    signal,
  });
  const shape = z.object({
    data: z.object({
      results: z.object({
        pipelineId: z.literal('yolo_ocr'),
        frames: z.object({ totalCount: z.int().min(1) }),
      }),
    }),
  });
  const { results } = shape.parse(await response.json()).data;
  console.log(`Smoke test passed: results of ${results.frames.totalCount} frames.`);
} finally {
  await stack.close();
}
