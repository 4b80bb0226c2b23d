import { expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { EmbeddedPostgres } from '../../src/database/embedded-postgres.ts';
import { comparableResults, expectNothingLost, type ExpectedEnd } from '../helpers/chaos-invariants.ts';
import { createChaosRandom } from '../helpers/chaos-random.ts';
import { useChaosService } from '../helpers/chaos-service.ts';
import { startOwnPostgres } from '../helpers/own-postgres.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitFor } from '../helpers/wait-for.ts';

const JOBS = 4;
const RESTARTS = 2;
/** A client that asks while Postgres is away is told so within this time. */
const ANSWER_MS = 10_000;
const random = createChaosRandom();
let postgres: EmbeddedPostgres;
const service = useChaosService({
  database: async () => {
    postgres = await startOwnPostgres(folder);
    return { url: postgres.databaseUrl, drop: () => postgres.stop() };
  },
});
const folder = temporaryDirectory();

/** Asks the API again and again until `signal` is aborted; resolves to how long each answer took and what it was. */
async function keepAsking(signal: AbortSignal): Promise<{ tookMs: number; code: unknown }[]> {
  const answers: { tookMs: number; code: unknown }[] = [];
  while (!signal.aborted) {
    const asked = performance.now();
    const answer = await service().client().request('{ jobs { totalCount } }');
    const [error] = answer.errors ?? [];
    answers.push({ tookMs: Math.round(performance.now() - asked), code: error?.extensions['code'] });
    await delay(50);
  }
  return answers;
}

it('completes every job, at its first attempt, when Postgres crashes and comes back', async () => {
  await Promise.all([service().startWorker('one'), service().startWorker('two')]);
  const jobIds: string[] = [];
  for (let job = 0; job < JOBS; job += 1) jobIds.push(await service().submit(4));
  const enough = new AbortController();
  const asking = keepAsking(enough.signal);

  const framesDone = async () => {
    const [row] = await service().sql<{ frames: number }>('SELECT count(*)::int AS frames FROM chaos_frames');
    return row?.frames ?? 0;
  };
  for (let restart = 0; restart < RESTARTS; restart += 1) {
    // In the middle of two jobs.
    const until = (await framesDone()) + random.integer(3, 12);
    await waitFor(async () => ((await framesDone()) >= until ? true : undefined), 60_000, `${until} frames`);
    await postgres.restart('immediate');
  }
  const expected = new Map<string, ExpectedEnd>();
  for (const jobId of jobIds) {
    await service().waitForStatus(jobId, 'completed', 90_000);
    expected.set(jobId, { status: 'completed', attempt: 1 });
  }
  enough.abort();
  const answers = await asking;
  const refused = answers.filter(({ code }) => code !== undefined);
  const slowest = Math.max(...answers.map(({ tookMs }) => tookMs));
  console.log(
    `${answers.length} answers, ${refused.length} of them refusals; the slowest took ${slowest} ms.`,
  );
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['DATABASE_UNAVAILABLE']));
  expect(slowest).toBeLessThan(ANSWER_MS);
  await expectNothingLost(service(), expected, await comparableResults(service(), jobIds[0] ?? ''));
}, 180_000);
