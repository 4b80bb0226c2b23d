import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { makeStandInDecoders } from '../helpers/chaos-decoders.ts';
import { comparableResults, expectNothingLost, type ExpectedEnd } from '../helpers/chaos-invariants.ts';
import { useChaosService } from '../helpers/chaos-service.ts';
import { waitUntilGone } from '../helpers/process-life.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const folder = temporaryDirectory();
const service = useChaosService({ environment: { MAX_ATTEMPTS: '2', DECODER_STALL_MS: '4000' } });

it('fails jobs whose decoder hangs, crashes or kills the worker, does those behind them, and tries again when asked', async () => {
  const decoders = await makeStandInDecoders(folder);
  const [hanging, crashing, poison] = [
    await service().submit(1),
    await service().submit(1),
    await service().submit(1),
  ];
  const behind = [await service().submit(1), await service().submit(1)];
  decoders.afflict('ffmpeg', 'hang', [hanging]);
  decoders.afflict('ffmpeg', 'crash', [crashing]);
  decoders.afflict('ffprobe', 'kill-worker', [poison]);
  await service().startWorker('worker', decoders.environment);

  for (const jobId of behind) await service().waitForStatus(jobId, 'completed', 120_000);
  for (const jobId of [hanging, crashing, poison]) await service().waitForStatus(jobId, 'failed', 90_000);
  const failed = await service().sql(`SELECT job_id, error_code, attempt, failure_count, crash_count FROM jobs
    WHERE status = 'failed' ORDER BY error_code`);
  expect(failed).toEqual([
    { job_id: crashing, error_code: 'DECODER_CRASHED', attempt: 2, failure_count: 2, crash_count: 0 },
    { job_id: hanging, error_code: 'DECODER_STALLED', attempt: 2, failure_count: 2, crash_count: 0 },
    { job_id: poison, error_code: 'WORKER_CRASHED', attempt: 2, failure_count: 1, crash_count: 1 },
  ]);
  const letters = await service().sql<{ id: string }>('SELECT id FROM pgboss.job');
  expect(letters.map(({ id }) => id).toSorted()).toEqual([hanging, crashing, poison].toSorted());
  const left = (await readFile(`${folder}/hanging`, 'utf8')).trim().split(/\s+/).map(Number);
  // The stand-in and the process that it started, at each of two attempts.
  expect(left).toHaveLength(4);
  await waitUntilGone(left);

  decoders.afflict('ffmpeg', 'hang', []);
  decoders.afflict('ffmpeg', 'crash', []);
  decoders.afflict('ffprobe', 'kill-worker', []);
  const expected = new Map<string, ExpectedEnd>();
  for (const jobId of behind) expected.set(jobId, { status: 'completed', attempt: 1 });
  for (const jobId of [hanging, crashing, poison]) {
    const answer = await service().client().request(`mutation { retryJob(jobId: "${jobId}") { status } }`);
    expect(answer.errors).toBeUndefined();
    expected.set(jobId, { status: 'completed', attempt: 3 });
  }
  for (const jobId of expected.keys()) await service().waitForStatus(jobId, 'completed');
  await expectNothingLost(service(), expected, await comparableResults(service(), behind[0] ?? ''));
}, 300_000);
