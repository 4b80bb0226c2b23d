import { JobStatusesDocument, type JobStandingFragment } from '../generated/graphql.ts';
import type { ServiceClient } from './service-client.ts';

/** Most jobs that the service tells of in one answer. */
const JOBS_AT_ONCE = 100;

/** How jobs stand, in the order of the ids; null for one that is not there. */
export async function readStatuses(
  client: ServiceClient,
  jobIds: readonly string[],
): Promise<(JobStandingFragment | null)[]> {
  const found: (JobStandingFragment | null)[] = [];
  for (let begin = 0; begin < jobIds.length; begin += JOBS_AT_ONCE) {
    const page = jobIds.slice(begin, begin + JOBS_AT_ONCE);
    found.push(...(await client.request(JobStatusesDocument, { jobIds: page })).statuses);
  }
  return found;
}
