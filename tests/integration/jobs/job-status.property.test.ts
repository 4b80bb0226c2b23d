import { beforeAll, expect, it } from '@jest/globals';
import { assert, asyncProperty } from 'fast-check';
import { JobEntity } from '../../../src/jobs/job.entity.ts';
import { documentedTransitions } from '../../helpers/documented-transitions.ts';
import { auditJobs, type RowChange } from '../../helpers/job-audit.ts';
import { jobEvents } from '../../helpers/job-events.ts';
import { expectConsistency, expectLegalChange, transitionOf } from '../../helpers/job-invariants.ts';
import { createJobMachine } from '../../helpers/job-machine.ts';
import { useTestServices } from '../../helpers/test-services.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 60);
/** The same in every run unless the environment says otherwise: what fails then is a change, and not a new case. */
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_261_125);
const services = useTestServices();
const documented = documentedTransitions();
const seen = new Set<string>();
let newChanges: () => Promise<RowChange[]>;

beforeAll(async () => {
  newChanges = await auditJobs(services().dataSource);
});

/** What a run that failed in the middle has left must not reach the next. */
async function clear(): Promise<void> {
  const { dataSource, queue, storage } = services();
  for (const { jobId } of await dataSource.manager.find(JobEntity)) {
    await dataSource.manager.delete(JobEntity, { jobId });
    await queue.remove(jobId);
  }
  await dataSource.query('DELETE FROM pgboss.job');
  for await (const { key } of storage.list()) await storage.delete(key);
  await newChanges();
}

it(`whatever happens to a job, its row and its place in the queue follow the rules (${RUNS} runs)`, async () => {
  await assert(
    asyncProperty(jobEvents, async (events) => {
      const machine = createJobMachine(services());
      for (const event of [{ kind: 'submit' } as const, ...events]) {
        await machine.apply(event);
        for (const change of await newChanges()) {
          expectLegalChange(change, documented);
          seen.add(transitionOf(change) ?? '');
          if (change.after?.status === 'failed') seen.add(`failed by ${change.after.error_code}`);
        }
        await expectConsistency(services(), machine.buried);
      }
    }).beforeEach(clear),
    // Leaves time to report a failure that takes long to shrink.
    { seed: SEED, numRuns: RUNS, interruptAfterTimeLimit: 120_000 },
  );
  // Otherwise the events would not be varied enough to show anything.
  const failures = ['INVALID_VIDEO', 'STORAGE_FAILED', 'WORKER_CRASHED'].map((code) => `failed by ${code}`);
  expect([...documented, ...failures].filter((event) => !seen.has(event))).toEqual([]);
}, 180_000);
