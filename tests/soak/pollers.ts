import { setTimeout as delay } from 'node:timers/promises';
import { isSettledStatus, type KnownJob, type Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import type { SoakClient, Standing } from './soak-client.ts';

/** Longest pause between two questions, so that a run is not spent waiting. */
const MAX_PAUSE_MS = 2_000;
const FAILURE_PAUSE_MS = 500;
const IDLE_MS = 200;
/** One that is deleted is not found any more; nobody else's answer may be that. */
const UNKNOWN = ['JOB_NOT_FOUND'];

/** What a poller knows of the jobs, and of how far the run is. */
export interface PollerDeps {
  client: SoakClient;
  ledger: Ledger;
  random: Random;
  signal: AbortSignal;
}

/** Follows one job of its owner after another to its end, as often as the service wants to be asked, and reads results. */
export async function runPoller({ client, ledger, random, signal }: PollerDeps): Promise<void> {
  const ownJobs = () => [...ledger.jobs.values()].filter(({ owner }) => owner === client.owner);

  const see = (job: KnownJob, standing: Standing, before: number): void => {
    if (standing.revision < before) {
      ledger.mismatch(`job ${job.jobId} went back from revision ${before} to ${standing.revision}`);
    }
    if (isSettledStatus(standing.status) !== (standing.pollAfterMs === null)) {
      ledger.mismatch(`job ${job.jobId} is ${standing.status}, with pollAfterMs ${standing.pollAfterMs}`);
    }
    ledger.observe(job, standing);
  };

  const follow = async (job: KnownJob): Promise<void> => {
    let revision = 0;
    while (!signal.aborted) {
      const answer = await client.status(job.jobId, UNKNOWN);
      if (answer.ok) {
        see(job, answer.value, revision);
        revision = answer.value.revision;
        if (answer.value.pollAfterMs === null) break;
        await delay(Math.min(answer.value.pollAfterMs, MAX_PAUSE_MS), undefined, { signal });
      } else if (answer.refusal.code === 'JOB_NOT_FOUND') {
        if (job.deleted === 'no') ledger.mismatch(`job ${job.jobId} is not found, and nobody deleted it`);
        return;
      } else await delay(FAILURE_PAUSE_MS, undefined, { signal });
    }
    if (job.status === 'COMPLETED') await readResults(job);
  };

  const readResults = async (job: KnownJob): Promise<void> => {
    const answer = random.chance(0.5)
      ? await client.page(job.jobId, UNKNOWN)
      : await client.document(job.jobId, UNKNOWN);
    if (answer.ok || answer.refusal.code !== 'JOB_NOT_FOUND' || job.deleted !== 'no') return;
    ledger.mismatch(`the results of job ${job.jobId} are not found, and nobody deleted it`);
  };

  const lookAtMany = async (jobs: readonly KnownJob[]): Promise<void> => {
    if (random.chance(0.3)) {
      await client.list(20);
      return;
    }
    const some = jobs.slice(-50);
    const before = some.map(({ revision }) => revision);
    const answer = await client.statuses(some.map(({ jobId }) => jobId));
    if (!answer.ok) return;
    for (const [index, job] of some.entries()) {
      const standing = answer.value[index];
      if (standing) see(job, standing, before[index] ?? 0);
      else if (job.deleted === 'no') ledger.mismatch(`job ${job.jobId} is not there, and nobody deleted it`);
    }
  };

  while (!signal.aborted) {
    // Some clients go on asking for what is deleted.
    const wantsAll = random.chance(0.1);
    const jobs = ownJobs().filter(({ deleted }) => wantsAll || deleted === 'no');
    const job = random.pick(jobs.slice(-20));
    if (!job) await delay(IDLE_MS, undefined, { signal });
    else if (random.chance(0.8)) await follow(job);
    else await lookAtMany(jobs);
    await delay(random.between(50, 300), undefined, { signal });
  }
}
