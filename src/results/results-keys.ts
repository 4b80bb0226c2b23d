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

/** A stored file that is a results document or its index. */
export interface ResultsFile {
  jobId: string;
  /** The attempt that wrote it; null for the names of older versions, which all attempts shared. */
  attempt: number | null;
  /** Key of the document, of which the file may be the index. */
  document: string;
}

const RESULTS_PATTERN =
  /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:_(\d{1,9}))?_results\.(?:json|index)$/;

/** What the key of a results document or its index says; null for any other key. */
export function parseResultsKey(key: string): ResultsFile | null {
  const [, jobId, attempt] = RESULTS_PATTERN.exec(key) ?? [];
  if (jobId === undefined) return null;
  return {
    jobId,
    attempt: attempt === undefined ? null : Number(attempt),
    document: key.replace(/\.index$/, '.json'),
  };
}

/** Every key under which results of attempts 1 to `attempts` at a job may lie, documents and indexes. */
export function resultsFilesOf(jobId: string, attempts: number): string[] {
  const numbers = Array.from({ length: attempts }, (_unused, index) => index + 1);
  const documents = [`${jobId}_results.json`, ...numbers.map((attempt) => resultsKey(jobId, attempt))];
  return documents.flatMap((document) => [document, resultsIndexKey(document)]);
}
