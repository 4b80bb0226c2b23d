import { expect, it } from '@jest/globals';
import { makeStandInDecoders } from '../helpers/chaos-decoders.ts';
import { goOn, waitForFault, withFaults, type Fault } from '../helpers/chaos-faults.ts';
import { firstReturnOf, framesByAttempt, historyOf } from '../helpers/chaos-history.ts';
import { comparableResults, expectNothingLost, type ExpectedEnd } from '../helpers/chaos-invariants.ts';
import { signalAll } from '../helpers/chaos-processes.ts';
import { createChaosRandom } from '../helpers/chaos-random.ts';
import { useChaosService, type ChaosWorker } from '../helpers/chaos-service.ts';
import { holdLock, waitUntilBlocked } from '../helpers/chaos-sql.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** Frames a second, and frames of the test video at that rate. */
const [RATE, FRAMES] = [4, 12];
/** Heartbeat, supervision and a look into the queue make 20 s; the rest is for a machine that is busy. */
const RECOVERY_MS = 40_000;
const random = createChaosRandom();
const folder = temporaryDirectory();
const service = useChaosService();

/** The id of the job that a path in storage belongs to. */
const jobOf = (path: string) => /[0-9a-f-]{36}/.exec(path)?.[0] ?? '';

/** Starts a worker that will stop at a point of its first job. */
async function startDoomed(name: string, target: string): Promise<{ worker: ChaosWorker; paused: string }> {
  const paused = service().marker(name);
  const faults: Fault[] = [{ kind: 'pause', target, marker: paused }];
  return { worker: await service().startWorker(name, withFaults(faults)), paused };
}

it('loses, doubles and changes no job whose worker is killed, whatever it was doing', async () => {
  const decoders = await makeStandInDecoders(folder);
  decoders.afflict('ffprobe', 'wait', ['.mp4']);
  const framesDone = { early: random.integer(1, 5), late: random.integer(6, FRAMES - 2) };
  console.log(`Killed after ${framesDone.early} and ${framesDone.late} frames.`);
  const [probing, early, late, storing, publishing] = await Promise.all([
    service().startWorker('probing', { FFPROBE_PATH: decoders.environment.FFPROBE_PATH }),
    startDoomed('early', `_1_checkpoint_${framesDone.early}\\.`),
    startDoomed('late', `_1_checkpoint_${framesDone.late}\\.`),
    startDoomed('storing', String.raw`_1_results\.json$`),
    startDoomed('publishing', String.raw`_1_results\.index$`),
  ]);

  // One job for each worker, and one that waits.
  for (let job = 0; job < 5; job += 1) await service().submit(RATE);
  const jobs = {
    probing: jobOf(await waitForFault(`${folder}/ffprobe-waits`)),
    early: jobOf(await waitForFault(early.paused)),
    late: jobOf(await waitForFault(late.paused)),
    storing: jobOf(await waitForFault(storing.paused)),
    publishing: jobOf(await waitForFault(publishing.paused)),
    queued: await service().submit(RATE),
  };
  // The results are stored, and the row cannot be changed: the worker is between the two.
  const row = await holdLock(service().databaseUrl, 'SELECT FROM jobs WHERE job_id = $1 FOR UPDATE', [
    jobs.publishing,
  ]);
  goOn(publishing.paused);
  await waitUntilBlocked(service().sql, 'UPDATE "jobs"');

  const victims = [probing, early.worker, late.worker, storing.worker, publishing.worker];
  // Of two workers the supervisors live on, and start others.
  const beheaded = [probing, late.worker, publishing.worker];
  const pids = [
    ...victims.map((worker) => worker.childPid()),
    ...beheaded.map(({ supervisor }) => supervisor.pid),
  ];
  const killedAt = Date.now();
  signalAll(random.shuffled(pids), 'SIGKILL');
  await row.release();

  const expected = new Map<string, ExpectedEnd>();
  let firstBegunMs = Infinity;
  for (const [stage, jobId] of Object.entries(jobs)) {
    await service().waitForStatus(jobId, 'completed', 90_000);
    const crashCount = stage === 'queued' ? 0 : 1;
    expected.set(jobId, { status: 'completed', attempt: 1 + crashCount, crashCount });
    if (crashCount === 0) continue;
    const returnedMs = ((await firstReturnOf(service().sql, jobId))?.getTime() ?? Infinity) - killedAt;
    const starts = (await historyOf(service().sql, jobId)).filter(({ status }) => status === 'running');
    const begunMs = (starts[1]?.at.getTime() ?? Infinity) - killedAt;
    console.log(
      `Killed while ${stage}: in the queue again after ${returnedMs} ms, begun after ${begunMs} ms.`,
    );
    // From then on it waits for a worker as any job does; somebody was free for the first.
    expect(returnedMs).toBeLessThan(RECOVERY_MS);
    firstBegunMs = Math.min(firstBegunMs, begunMs);
  }
  expect(firstBegunMs).toBeLessThan(RECOVERY_MS);

  // What was put aside before the kill is not done again.
  const framesOf = (jobId: string) => framesByAttempt(service().sql, jobId);
  const logs = victims.map((worker) => worker.log()).join('');
  for (const [jobId, done] of [
    [jobs.early, framesDone.early],
    [jobs.late, framesDone.late],
    [jobs.storing, FRAMES],
    [jobs.publishing, FRAMES],
  ] as const) {
    const attempts = [
      { attempt: 1, frames: done },
      { attempt: 2, frames: FRAMES - done },
    ];
    expect(await framesOf(jobId)).toEqual(attempts.filter(({ frames }) => frames > 0));
    expect(logs).toMatch(new RegExp(`"frames":${done},.*job ${jobId}: going on from a checkpoint`));
  }
  expect(await framesOf(jobs.probing)).toEqual([{ attempt: 2, frames: FRAMES }]);
  // The job that waited ran in one piece.
  await expectNothingLost(service(), expected, await comparableResults(service(), jobs.queued));
}, 240_000);
