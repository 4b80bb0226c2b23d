import { isSettled } from '../jobs/settled.ts';
import type { FileOwner } from './find-file-owners.ts';
import type { StoredKey } from './parse-stored-key.ts';

/**
 * Whether a stored file is in nobody's use and never will be again. The file was listed first, and had not been written
 * to for the grace period; only then was its owner looked up. Whatever happens between that and the removal of the
 * file, and however many processes upload, analyse and sweep meanwhile, it cannot come into use:
 *
 * - An id is a random UUID, made for one upload. Its row is there before the first byte of a resumable upload, and
 *   within moments after the last one of any other. When the row goes, it turns into a job in the same transaction, or
 *   is gone for good, like that of a deleted job. So a file that is old and has neither an upload nor a job is one whose
 *   process died between file and row, or between row and file.
 * - Attempts are only ever counted up, and a worker writes under the number of its own. So what an attempt of a settled
 *   job left is not read any more unless it is the output of the job, and a retried job writes under another name.
 *   Results of a job that may still run are left alone, whichever attempt they are of.
 * - A checkpoint is stored first and then noted in its row, by an attempt that runs. So of the attempt that runs, no
 *   checkpoint is touched; of an earlier one, what is not noted will not be.
 */
export function isOrphan(key: string, file: StoredKey, owner: FileOwner): boolean {
  const { job, isUpload, checkpoints } = owner;
  if (file.kind === 'video') return job === null && !isUpload;
  if (job === null) return true;
  if (file.kind === 'results') {
    if (!isSettled(job.status)) return false;
    // All attempts of older versions share this name, so that of a job that may be retried may be written again.
    if (file.attempt === null && job.status !== 'completed') return false;
    return job.outputPath !== file.document;
  }
  if (job.status === 'completed') return true;
  if (job.status === 'running' && file.attempt >= job.attempt) return false;
  return !checkpoints.has(key);
}

/** The same for a partial file: only an upload has one, and whoever completes it moves it away. */
export function isOrphanedPart(_key: string, _file: StoredKey, owner: FileOwner): boolean {
  return !owner.isUpload;
}
