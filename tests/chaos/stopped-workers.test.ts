import { expect, it } from '@jest/globals';
import { goOn, waitForFault, withFaults } from '../helpers/chaos-faults.ts';
import { framesByAttempt } from '../helpers/chaos-history.ts';
import { comparableResults, expectNothingLost, type ExpectedEnd } from '../helpers/chaos-invariants.ts';
import { createChaosRandom } from '../helpers/chaos-random.ts';
import { useChaosService } from '../helpers/chaos-service.ts';
import { waitFor } from '../helpers/wait-for.ts';

/** Frames a second, and frames of the test video at that rate. */
const [RATE, FRAMES] = [4, 12];
const random = createChaosRandom();
const service = useChaosService({ environment: { SHUTDOWN_GRACE_MS: '200' } });

it('puts the job of a worker that is told to stop back with what is done, and another goes on from there', async () => {
  const done = random.integer(2, FRAMES - 2);
  const paused = service().marker('stopping');
  const stopping = await service().startWorker(
    'stopping',
    withFaults([{ kind: 'pause', target: `_1_checkpoint_${done}\\.`, marker: paused }]),
  );
  const jobId = await service().submit(RATE);
  await waitForFault(paused);
  process.kill(stopping.supervisor.pid, 'SIGTERM');
  // Let go on before that, a quick machine finishes the job within the grace period.
  await waitFor(
    async () => (stopping.log().includes('the attempt is ended early') ? true : undefined),
    20_000,
    'the grace period to be over',
  );
  goOn(paused);
  expect(await stopping.supervisor.exited).toEqual({ exitCode: 0, signal: null });
  const [row] = await service().sql('SELECT status, attempt, failure_count, crash_count FROM jobs');
  expect(row).toEqual({ status: 'pending', attempt: 1, failure_count: 0, crash_count: 0 });

  const [first] = await framesByAttempt(service().sql, jobId);
  const kept = first?.frames ?? 0;
  expect(kept).toBeGreaterThan(done);
  expect(kept).toBeLessThan(FRAMES);

  const next = await service().startWorker('next');
  await service().waitForStatus(jobId, 'completed');
  expect(next.log()).toMatch(new RegExp(`"frames":${kept},.*going on from a checkpoint`));
  expect(await framesByAttempt(service().sql, jobId)).toEqual([
    { attempt: 1, frames: kept },
    { attempt: 2, frames: FRAMES - kept },
  ]);
  const calm = await service().submit(RATE);
  await service().waitForStatus(calm, 'completed');
  const expected = new Map<string, ExpectedEnd>([
    [jobId, { status: 'completed', attempt: 2 }],
    [calm, { status: 'completed', attempt: 1 }],
  ]);
  await expectNothingLost(service(), expected, await comparableResults(service(), calm));
}, 120_000);
