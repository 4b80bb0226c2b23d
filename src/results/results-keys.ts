/** Storage key of a job's results document. */
export function resultsKey(jobId: string): string {
  return `${jobId}_results.json`;
}

/** Storage key of the table of byte offsets that belongs to a results document. */
export function resultsIndexKey(outputPath: string): string {
  return outputPath.replace(/\.json$/, '.index');
}
