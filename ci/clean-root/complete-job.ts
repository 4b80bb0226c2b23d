/**
 * Runs what the Dockerfile's steps made, as compose.yaml would: Postgres, the API and the workers, each in a read-only root
 * and as the image's user. Submits tests/fixtures/tiny.mp4 over HTTP and waits until it is completed.
 * Arguments: the checkout, the image's root, and a folder to work in.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { createServiceClient } from '../../src/cli/client/service-client.ts';
import { submitFile } from '../../src/cli/client/submit-file.ts';
import { assertCompleted, watchJobs } from '../../src/cli/client/watch-jobs.ts';
import { createJobProgress } from '../../src/cli/job-progress.ts';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.ts';
import { createLogger } from '../../src/logger.ts';
import { createContainer, type Container, type ContainerProcess } from './container.ts';
import { readDockerfile } from './read-dockerfile.ts';

const START_MS = 120_000;
const COMPLETION_MS = 120_000;
/** After which container engines kill, unless told otherwise. */
const STOP_MS = 10_000;
const URL = 'http://127.0.0.1:4000';

const [checkout, root, work] = z.tuple([z.string(), z.string(), z.string()]).parse(process.argv.slice(2));
const logger = createLogger({ name: 'clean-root', level: 'warn' });
const stage = z
  .object({
    user: z.string(),
    workdir: z.string(),
    environment: z.record(z.string(), z.string()),
    entrypoint: z.array(z.string()).min(1),
    command: z.array(z.string()).min(1),
    healthcheck: z.array(z.string()).min(1),
    volumes: z.tuple([z.literal('/data')]),
  })
  .parse(readDockerfile(readFileSync(join(checkout, 'Dockerfile'), 'utf8')).at(-1));
const { worker } = z
  .object({
    services: z.object({
      worker: z.object({
        command: z.array(z.string()),
        deploy: z.object({ replicas: z.int().min(1) }),
      }),
    }),
  })
  .parse(parse(readFileSync(join(checkout, 'compose.yaml'), 'utf8'), { merge: true })).services;

// A new volume takes the owner of the image's folder.
const data = join(work, 'data');
execFileSync('cp', ['-a', join(root, 'data'), data]);
const postgres = await startEmbeddedPostgres({ dataDirectory: work, logger });
const running: { name: string; process: ContainerProcess }[] = [];
try {
  const image = { ...stage, root, environment: { ...stage.environment, DATABASE_URL: postgres.databaseUrl } };
  const start = (name: string, command: readonly string[]): Container => {
    const container = createContainer(image, join(work, name), data);
    const process = container.start([...stage.entrypoint, ...command], join(work, `${name}.log`));
    running.push({ name, process });
    return container;
  };
  const api = start('api', stage.command);
  for (let number = 1; number <= worker.deploy.replicas; number++) start(`worker-${number}`, worker.command);

  await untilHealthy(api);
  console.log('The health check passes.');
  const refused = await api.execute(['sh', '-c', 'touch /probe /app/probe /usr/probe 2>&1 || true']);
  if (refused.match(/Read-only file system/g)?.length !== 3)
    throw new Error(`The root is writable: ${refused}`);
  const account = await api.execute([
    'sh',
    '-c',
    'id -u; node --version; ffmpeg -version | head -1; tini --version',
  ]);
  console.log(account.trim().replaceAll('\n', ' | '));

  const keyArguments = ['--owner', 'clean-root', '--name', 'test', '--scope', 'submit,read'];
  const key = (await api.execute(['foregsyte', 'keys', 'create', ...keyArguments])).trim();
  await completeJob(key);
  await Promise.all(running.map(stopInTime));
} catch (error) {
  for (const { name } of running)
    console.error(`--- ${name}\n${readFileSync(join(work, `${name}.log`), 'utf8')}`);
  throw error;
} finally {
  await Promise.all(running.map(({ process }) => process.kill()));
  await postgres.stop();
}

async function untilHealthy(api: Container): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const dead = running.find(({ process }) => process.ended() !== undefined);
    if (dead !== undefined) throw new Error(`${dead.name} ended by itself.`);
    try {
      await api.execute(stage.healthcheck);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(250);
    }
  }
}

async function completeJob(key: string): Promise<void> {
  const begun = performance.now();
  const signal = AbortSignal.timeout(COMPLETION_MS);
  const client = createServiceClient({ url: URL, key, signal });
  const { id: jobId } = await submitFile(client, join(checkout, 'tests', 'fixtures', 'tiny.mp4'));
  const watcher = createJobProgress();
  assertCompleted(await watchJobs(client, [jobId], { watcher, signal }).finally(() => watcher.stop()));
  const response = await fetch(`${URL}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({
      query: 'query($jobId: ID!) { results(jobId: $jobId) { frames { totalCount } labels { label } } }',
      variables: { jobId },
    }),
    signal,
  });
  const shape = z.object({
    data: z.object({
      results: z.object({ frames: z.object({ totalCount: z.int().min(1) }), labels: z.array(z.unknown()) }),
    }),
  });
  const { frames, labels } = shape.parse(await response.json()).data.results;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(
    `The job was completed in ${seconds} s: ${frames.totalCount} frames, ${labels.length} kinds of objects.`,
  );
}

/** Stops a container as an engine does, and fails when it had to be killed or ended in an error. */
async function stopInTime({ name, process }: { name: string; process: ContainerProcess }): Promise<void> {
  const begun = performance.now();
  const code = await Promise.race([process.stop(), delay(STOP_MS, 'in vain' as const)]);
  if (code !== 0) throw new Error(`${name} was told to stop, and ended with ${code} within ${STOP_MS} ms.`);
  console.log(`${name} stopped in ${Math.round(performance.now() - begun)} ms.`);
}
