import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from '@jest/globals';
import { z } from 'zod';
import { waitUntilGone } from '../helpers/process-life.ts';
import {
  fileAsBlob,
  startService,
  submittedJobId,
  TINY_VIDEO,
  type RunningService,
} from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitFor } from '../helpers/wait-for.ts';

const dataDirectory = temporaryDirectory();
let service: RunningService;

beforeAll(async () => {
  // The job in hand gets no time to finish, so that it has to be put back.
  service = await startService({
    dataDirectory,
    worker: true,
    environment: { SHUTDOWN_GRACE_MS: '0' },
  });
});
afterAll(() => service.stop());

const statusShape = z.object({ status: z.object({ status: z.string() }) });

async function pidOf(name: string, event: string): Promise<number> {
  const log = await readFile(join(dataDirectory, 'worker.log'), 'utf8');
  return Number(new RegExp(`"pid":(\\d+).*"name":"${name}".*${event}`).exec(log)?.[1]);
}

it('ends in the middle of a job when its supervisor is killed, and puts the job back', async () => {
  const [supervisor, worker] = [
    await pidOf('supervisor', 'the worker runs'),
    await pidOf('worker', 'worker ready'),
  ];
  const options = { options: { samplesPerSecond: 60 } };
  const jobId = submittedJobId(await service.submit(await fileAsBlob(TINY_VIDEO), 'a.mp4', options));
  const query = 'query($id: ID!) { status(jobId: $id) { status } }';
  const has = (wanted: string) =>
    waitFor(
      async () => {
        const { data } = await service.request(query, { id: jobId });
        return statusShape.parse(data).status.status === wanted ? true : undefined;
      },
      10_000,
      `the job to be ${wanted}`,
    );
  await has('RUNNING');
  process.kill(supervisor, 'SIGKILL');
  await waitUntilGone([supervisor, worker], 7_000);
  await has('PENDING');
});
