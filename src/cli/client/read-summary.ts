import { ResultsSummaryDocument, type ResultsSummaryQuery } from '../generated/graphql.ts';
import type { ServiceClient } from './service-client.ts';

/** What the summary of a completed job shows. */
export type ResultsSummary = ResultsSummaryQuery['results'];

/** Reads what a completed job's summary shows, with the first 100 text segments. */
export async function readSummary(client: ServiceClient, jobId: string): Promise<ResultsSummary> {
  return (await client.request(ResultsSummaryDocument, { jobId })).results;
}
