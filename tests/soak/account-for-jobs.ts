import type { Fault } from './chaos.ts';
import type { KnownJob, Ledger } from './ledger.ts';
import type { ProductLog } from './product-log.ts';
import type { SoakClient, Standing } from './soak-client.ts';
import type { Variant } from './submissions.ts';
import { comparable, type Outcome } from './undisturbed.ts';

/** What became of the acknowledged jobs. */
export interface Accounts {
  submitted: number;
  completed: number;
  /** By error code. */
  failed: Map<string, number>;
  canceled: number;
  deleted: number;
  /** Neither of these. */
  lost: number;
  /** Completed jobs whose results are those of an undisturbed run. */
  same: number;
}

const JOBS_AT_ONCE = 100;
/** Crashes in a row after which a job is given up: see src/jobs/retry-policy.ts. */
const CRASHES_TO_FAIL = 2;

/** Asks for every job that was ever acknowledged, and enters in the ledger whatever is not as it must be. */
export async function accountForJobs(deps: {
  clients: readonly SoakClient[];
  ledger: Ledger;
  undisturbed: ReadonlyMap<Variant, Outcome>;
  faults: readonly Fault[];
  log: ProductLog;
}): Promise<Accounts> {
  const { clients, ledger, undisturbed, faults, log } = deps;
  const { mismatch } = ledger;
  const crashes = countCrashes(faults, log);
  const failed = new Map<string, number>();
  const accounts: Accounts = {
    submitted: 0,
    completed: 0,
    failed,
    canceled: 0,
    deleted: 0,
    lost: 0,
    same: 0,
  };

  const checkResults = async (client: SoakClient, { jobId, submission }: KnownJob): Promise<void> => {
    const expected = undisturbed.get(submission.variant)?.document;
    const answer = await client.document(jobId);
    if (!answer.ok) return mismatch(`the results of job ${jobId} cannot be read: ${answer.refusal.message}`);
    if (expected?.equals(comparable(answer.value, jobId))) accounts.same += 1;
    else
      mismatch(
        `the results of job ${jobId} (${submission.variant.name}) are not those of an undisturbed run`,
      );
  };

  const checkFailure = ({ jobId, submission }: KnownJob, code: string): void => {
    const crashed = crashes.get(jobId) ?? 0;
    const isTrue =
      code === 'WORKER_CRASHED'
        ? crashed >= CRASHES_TO_FAIL
        : submission.variant.damaged && code === undisturbed.get(submission.variant)?.errorCode;
    if (isTrue) return;
    mismatch(
      `job ${jobId} (${submission.variant.name}) failed by ${code}; its worker was disturbed ${crashed} times`,
    );
  };

  const check = async (client: SoakClient, job: KnownJob, standing: Standing | null): Promise<void> => {
    accounts.submitted += 1;
    if (standing === null) {
      if (job.deleted === 'no') {
        accounts.lost += 1;
        return mismatch(`job ${job.jobId} is lost`);
      }
      accounts.deleted += 1;
      return;
    }
    if (job.deleted === 'yes') mismatch(`job ${job.jobId} was deleted, and is there`);
    const isCanceled = standing.status === 'CANCELED';
    if (job.canceled === (isCanceled ? 'no' : 'yes')) {
      mismatch(
        `job ${job.jobId} is ${standing.status}; by its last action, it was canceled: ${job.canceled}`,
      );
    }
    if (isCanceled) accounts.canceled += 1;
    else if (standing.status === 'COMPLETED') {
      accounts.completed += 1;
      if (job.submission.variant.damaged) mismatch(`job ${job.jobId} of a damaged file was completed`);
      else await checkResults(client, job);
    } else if (standing.status === 'FAILED') {
      const code = standing.errorCode ?? 'none';
      failed.set(code, (failed.get(code) ?? 0) + 1);
      checkFailure(job, code);
    } else {
      accounts.lost += 1;
      mismatch(`job ${job.jobId} is still ${standing.status} (${standing.errorCode ?? 'no error'})`);
    }
  };

  for (const client of clients) {
    const own = [...ledger.jobs.values()].filter(({ owner }) => owner === client.owner);
    for (let begin = 0; begin < own.length; begin += JOBS_AT_ONCE) {
      const some = own.slice(begin, begin + JOBS_AT_ONCE);
      const answer = await client.statuses(some.map(({ jobId }) => jobId));
      if (!answer.ok) throw new Error(`The jobs cannot be looked up: ${answer.refusal.message}`);
      for (const [index, job] of some.entries()) await check(client, job, answer.value[index] ?? null);
    }
  }
  return accounts;
}

/** How often something happened to the worker that had the job, by job. */
function countCrashes(faults: readonly Fault[], log: ProductLog): Map<string, number> {
  const crashes = new Map<string, number>();
  const count = (jobId: string) => crashes.set(jobId, (crashes.get(jobId) ?? 0) + 1);
  for (const { pid, at } of faults) {
    if (pid === undefined) for (const { jobId } of log.busyAt(at)) count(jobId);
    else {
      const start = log.lastStartOf(pid, at);
      if (start) count(start.jobId);
    }
  }
  return crashes;
}
