import type { JobStatusView } from '../jobs/job-view.ts';
import type { PollAdviser } from '../jobs/poll-advice.ts';
import type { Retention } from '../jobs/retention.ts';

/** What is to come of a job: no part of its row. */
export interface JobOutlook {
  pollAfterMs: number | null;
  expiresAt: Date | null;
}

/** The services that look ahead. */
export interface Outlooks {
  polling: PollAdviser;
  retention: Retention;
}

/** When to ask after the job again, and when it expires. */
export async function lookAhead(job: JobStatusView, { polling, retention }: Outlooks): Promise<JobOutlook> {
  return { pollAfterMs: await polling.pollAfterMs(job), expiresAt: retention.expiresAt(job) };
}
