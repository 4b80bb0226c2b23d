import { join } from 'node:path';
import { z } from 'zod';
import { pollUntilCompleted, submitFile } from '../src/cli/analyse-video.ts';
import { createGraphqlClient } from '../src/cli/graphql-client.ts';
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
  const client = createGraphqlClient(stack.url, signal);
  const jobId = await submitFile(client, join(projectRoot, 'tests', 'fixtures', 'tiny.mp4'));
  await pollUntilCompleted(client, jobId, {
    onStatus: ({ status }) => console.log(`job is ${status}`),
    signal,
  });
  const query = 'query($jobId: ID!) { results(jobId: $jobId) { pipelineId frames { totalCount } } }';
  const shape = z.object({
    results: z.object({
      pipelineId: z.literal('yolo_ocr'),
      frames: z.object({ totalCount: z.int().min(1) }),
    }),
  });
  const { results } = await client.request(query, { jobId }, shape);
  console.log(`Smoke test passed: results of ${results.frames.totalCount} frames.`);
} finally {
  await stack.close();
}
