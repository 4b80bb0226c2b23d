/** Storage key of the results document that an attempt at a job writes; it counts once the job's row names it. */
export function resultsKey(jobId: string, attempt: number): string {
  return `${jobId}_${attempt}_results.json`;
}

/** Storage key of the table of byte offsets that belongs to a results document. */
export function resultsIndexKey(outputPath: string): string {
  return outputPath.replace(/\.json$/, '.index');
}

/** Storage key of a batch of frames that an attempt at a job has put aside. */
export function checkpointKey(jobId: string, attempt: number, sequence: number): string {
  return `${jobId}_${attempt}_checkpoint_${sequence}.ndjson`;
}
