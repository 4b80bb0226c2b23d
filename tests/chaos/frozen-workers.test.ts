import { expect, it } from '@jest/globals';
import { goOn, waitForFault, withFaults } from '../helpers/chaos-faults.ts';
import { historyOf } from '../helpers/chaos-history.ts';
import {
  comparableResults,
  expectNothingLost,
  storedFiles,
  type ExpectedEnd,
} from '../helpers/chaos-invariants.ts';
import { processTree, signalAll } from '../helpers/chaos-processes.ts';
import { useChaosService, type ChaosWorker } from '../helpers/chaos-service.ts';
import { holdLock, waitUntilBlocked } from '../helpers/chaos-sql.ts';
import { waitFor } from '../helpers/wait-for.ts';

const service = useChaosService();

/** Stops all threads of a worker's processes, as a suspended machine does; returns what to wake. */
async function freeze(worker: ChaosWorker): Promise<number[]> {
  const pids = await processTree(worker.supervisor.pid);
  signalAll(pids, 'SIGSTOP');
  return pids;
}

const rowOf = async (jobId: string) => {
  const [row] = await service().sql('SELECT * FROM jobs WHERE job_id = $1', [jobId]);
  return row;
};
const hasLogged = (worker: ChaosWorker, text: string) =>
  waitFor(async () => (worker.log().includes(text) ? true : undefined), 60_000, `a worker to log: ${text}`);

it('lets another worker do the jobs of frozen ones, which change nothing when they wake', async () => {
  const paused = service().marker('storing');
  const storing = await service().startWorker(
    'storing',
    withFaults([{ kind: 'pause', target: String.raw`_1_results\.json$`, marker: paused }]),
  );
  const taken = await service().submit();
  await waitForFault(paused);
  const asleep = await freeze(storing);

  // This one falls asleep with the locks of a worker that takes a job.
  const waiting = await service().submit();
  // Rows can be locked meanwhile and not changed, so the worker stops in the middle of its transaction.
  const rows = await holdLock(service().databaseUrl, 'LOCK TABLE jobs IN SHARE MODE', []);
  const taking = await service().startWorker('taking');
  await waitUntilBlocked(service().sql, 'UPDATE "jobs"');
  asleep.push(...(await freeze(taking)));
  await rows.release();

  const awake = await service().startWorker('awake');
  await service().waitForStatus(taken, 'completed');
  await service().waitForStatus(waiting, 'completed');
  await awake.supervisor.stop(20_000);
  const before = [await rowOf(taken), await comparableResults(service(), taken)];

  const next = [await service().submit(), await service().submit()];
  signalAll(asleep, 'SIGCONT');
  goOn(paused);
  await hasLogged(storing, 'gave up a job that is no longer ours');
  expect([await rowOf(taken), await comparableResults(service(), taken)]).toEqual(before);
  expect(await storedFiles(service())).not.toContainEqual(expect.stringContaining(`${taken}_1_`));

  for (const jobId of next) await service().waitForStatus(jobId, 'completed');
  for (const worker of [storing, taking]) await hasLogged(worker, 'running -> completed');
  expect((await historyOf(service().sql, taken)).map(({ status }) => status)).toEqual([
    'pending',
    'running',
    'pending',
    'running',
    'completed',
  ]);
  const expected = new Map<string, ExpectedEnd>([
    [taken, { status: 'completed', attempt: 2, crashCount: 1 }],
  ]);
  for (const jobId of [waiting, ...next]) expected.set(jobId, { status: 'completed', attempt: 1 });
  await expectNothingLost(service(), expected, await comparableResults(service(), waiting));
}, 180_000);
