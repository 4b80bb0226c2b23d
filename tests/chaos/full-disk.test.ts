import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { waitForFault, withFaults } from '../helpers/chaos-faults.ts';
import { comparableResults, expectNothingLost, storedFiles } from '../helpers/chaos-invariants.ts';
import { useChaosService, type ChaosService } from '../helpers/chaos-service.ts';
import { describeOnSmallDisk } from '../helpers/small-disk.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitFor } from '../helpers/wait-for.ts';

/** At least half of it passes between two attempts. */
const RETRY_DELAY_MS = '2000';

/** Waits until the job waits for room, and then looks at storage, all before the next attempt. */
async function filesWhileFull(service: ChaosService, jobId: string, afterAttempt: number): Promise<string[]> {
  return waitFor(
    async () => {
      const [row] = await service.sql(
        `SELECT FROM jobs WHERE job_id = $1 AND attempt > $2 AND status = 'pending'
          AND error_code = 'STORAGE_FULL' AND failure_count = 0 AND crash_count = 0`,
        [jobId, afterAttempt],
      );
      return row && storedFiles(service);
    },
    30_000,
    'the job to wait for room',
  );
}

async function attemptOf(service: ChaosService, jobId: string): Promise<number> {
  const [row] = await service.sql<{ attempt: number }>('SELECT attempt FROM jobs WHERE job_id = $1', [jobId]);
  return row?.attempt ?? 0;
}

/** The job was interrupted, and another was not. */
async function expectCompletedAlike(service: ChaosService, jobId: string): Promise<void> {
  await service.waitForStatus(jobId, 'completed');
  const calm = await service.submit(2);
  await service.waitForStatus(calm, 'completed');
  await expectNothingLost(
    service,
    new Map([
      [jobId, { status: 'completed', attempt: await attemptOf(service, jobId) }],
      [calm, { status: 'completed', attempt: 1 }],
    ]),
    await comparableResults(service, calm),
  );
}

const points = [
  { what: 'frames', begins: '{"timing"' },
  { what: 'results', begins: '{"schemaVersion"' },
  { what: 'index', begins: '{"version"' },
];

const faulty = useChaosService({ environment: { RETRY_DELAY_MS } });
it('puts a job back, without blame, for which there is no room, and completes it when there is', async () => {
  const service = faulty();
  const faults = points.map(({ what, begins }) => ({
    kind: 'full disk' as const,
    begins,
    marker: service.marker(what),
    lifted: service.marker(`${what}-lifted`),
  }));
  await service.startWorker('worker', withFaults(faults));
  const jobId = await service.submit(2);
  let attempt = 0;
  for (const { marker, lifted } of faults) {
    await waitForFault(marker);
    const files = await filesWhileFull(service, jobId, attempt);
    // Whole batches of frames may stay, for the next attempt; anything else may not.
    expect(files.filter((name) => !/_checkpoint_\d+\.ndjson$/.test(name))).toEqual([`${jobId}.mp4`]);
    attempt = await attemptOf(service, jobId);
    writeFileSync(lifted, '');
  }
  await expectCompletedAlike(service, jobId);
}, 120_000);

describeOnSmallDisk(16, 'a disk that is full indeed', (disk) => {
  const dataDirectory = temporaryDirectory();
  symlinkSync(disk, join(dataDirectory, 'storage'));
  const small = useChaosService({ dataDirectory, environment: { RETRY_DELAY_MS } });

  it('holds jobs up until there is room', async () => {
    const service = small();
    const jobId = await service.submit(2);
    // The temporary file of the upload would make room a moment later.
    await waitFor(
      async () => ((await storedFiles(service)).length === 1 ? true : undefined),
      10_000,
      'nothing but the video to be stored',
    );
    const { bavail, bsize } = await statfs(disk);
    const ballast = join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(bavail * bsize));
    await service.startWorker('worker');
    expect(await filesWhileFull(service, jobId, 0)).toEqual(expect.arrayContaining([`${jobId}.mp4`]));
    expect((await storedFiles(service)).toSorted()).toEqual([`${jobId}.mp4`, 'ballast'].toSorted());
    rmSync(ballast);
    await expectCompletedAlike(service, jobId);
  }, 120_000);
});
