import { expect, it } from '@jest/globals';
import { historyOf } from '../helpers/chaos-history.ts';
import { comparableResults, expectNothingLost, type ExpectedEnd } from '../helpers/chaos-invariants.ts';
import { useChaosService } from '../helpers/chaos-service.ts';

const JOBS = 20;
const service = useChaosService({ environment: { MAX_UPLOADS_AT_ONCE: String(JOBS) } });

it('does each of 20 jobs once on four workers', async () => {
  const workers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => service().startWorker(name)));
  const jobIds = await Promise.all(Array.from({ length: JOBS }, () => service().submit(1)));
  for (const jobId of jobIds) await service().waitForStatus(jobId, 'completed', 120_000);
  for (const jobId of jobIds) {
    const history = await historyOf(service().sql, jobId);
    expect(history.map(({ status }) => status)).toEqual(['pending', 'running', 'completed']);
  }
  // All of them had their part in it.
  for (const worker of workers) expect(worker.log()).toContain('running -> completed');
  const expected = new Map(
    jobIds.map((jobId): [string, ExpectedEnd] => [jobId, { status: 'completed', attempt: 1 }]),
  );
  const [first = ''] = jobIds;
  await expectNothingLost(service(), expected, await comparableResults(service(), first));
}, 180_000);
