import type { Submission } from './submissions.ts';

/** What the clients know of a job that was acknowledged to one of them. */
export interface KnownJob {
  jobId: string;
  owner: string;
  submission: Submission;
  /** `doubt`: an answer was lost, so it may be either way. */
  deleted: 'no' | 'asked' | 'doubt' | 'yes';
  /** Whether the last action that had an effect canceled the job. */
  canceled: 'no' | 'doubt' | 'yes';
  /** As it was last seen. */
  status: string;
  revision: number;
}

/** What clients were told, and what must therefore be true at the end. */
export interface Ledger {
  readonly jobs: ReadonlyMap<string, KnownJob>;
  /** Tags of submissions whose answer was lost and that were not repeated: there may be a job. */
  readonly unanswered: ReadonlySet<string>;
  /** Whatever was not as it must be. */
  readonly mismatches: readonly string[];
  /** A client has been given that job for its submission. */
  acknowledge(submission: Submission, jobId: string): KnownJob;
  leaveUnanswered(submission: Submission): void;
  /** A client saw the job. */
  observe(job: KnownJob, seen: { status: string; revision: number }): void;
  /** Jobs of which nobody knows yet that they are settled. */
  open(): KnownJob[];
  mismatch: (text: string) => void;
}

const SETTLED = new Set(['COMPLETED', 'FAILED', 'CANCELED']);

/** Whether a job in that state stays in it until somebody asks for something. */
export function isSettledStatus(status: string): boolean {
  return SETTLED.has(status);
}

export function createLedger(): Ledger {
  const jobs = new Map<string, KnownJob>();
  const unanswered = new Set<string>();
  const mismatches: string[] = [];
  const mismatch = (text: string) => void mismatches.push(text);

  return {
    jobs,
    unanswered,
    mismatches,
    mismatch,
    acknowledge(submission, jobId) {
      const known = jobs.get(jobId);
      if (known) {
        if (known.submission.tag !== submission.tag) {
          mismatch(`job ${jobId} answers both ${known.submission.tag} and ${submission.tag}`);
        }
        return known;
      }
      // A key whose job was deleted is free again.
      const twin = [...jobs.values()].find(
        (other) => other.submission.tag === submission.tag && other.deleted === 'no',
      );
      if (twin) mismatch(`submission ${submission.tag} made both ${twin.jobId} and ${jobId}`);
      const job: KnownJob = {
        jobId,
        submission,
        owner: submission.owner,
        deleted: 'no',
        canceled: 'no',
        status: 'PENDING',
        revision: 0,
      };
      jobs.set(jobId, job);
      return job;
    },
    leaveUnanswered: ({ tag }) => void unanswered.add(tag),
    observe(job, { status, revision }) {
      // Answers to several clients may overtake each other.
      if (revision < job.revision) return;
      if (job.status === 'COMPLETED' && status !== 'COMPLETED') {
        mismatch(`job ${job.jobId} was COMPLETED, and then ${status}`);
      }
      job.status = status;
      job.revision = revision;
    },
    open: () =>
      [...jobs.values()].filter(
        ({ status, deleted }) => (deleted === 'no' || deleted === 'doubt') && !isSettledStatus(status),
      ),
  };
}
