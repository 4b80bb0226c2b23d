import type { DataSource } from 'typeorm';
import type { Quotas } from '../access/quotas.ts';
import { inSpan } from '../tracing/span.ts';
import type { UploadSlots } from '../uploads/upload-slots.ts';
import type { Uploads } from '../uploads/uploads.ts';
import { requireSameRequest, type JobCreator } from './create-job.ts';
import type { JobFinder } from './find-jobs.ts';
import { readUploadFacts } from '../uploads/inspect-upload.ts';
import type { JobRequest } from './job-request.ts';
import type { JobView } from './job-view.ts';

/** Where the video comes from: the request itself, or an upload that preceded it. */
export type VideoSource =
  | {
      /** What the client calls the file; kept for display. */
      filename: string;
      /** The file's bytes; an error of this iterable ends the submission. */
      bytes: AsyncIterable<Uint8Array>;
    }
  | { uploadId: string };

/** Creates the job of a video for `owner`. */
export type SubmitVideo = (owner: string, request: JobRequest, source: VideoSource) => Promise<JobView>;

/**
 * Makes the submitter. A file is streamed to storage first; then the job's row and its queue entry are written in one
 * transaction. If anything fails, neither exists, and a file that came with the request is removed.
 * It throws what `Uploads` and `JobCreator` throw.
 */
export function createSubmitVideo(deps: {
  dataSource: DataSource;
  uploads: Uploads;
  slots: UploadSlots;
  quotas: Quotas;
  creator: JobCreator;
  jobs: JobFinder;
}): SubmitVideo {
  const { dataSource, uploads, slots, quotas, creator, jobs } = deps;

  const submitUpload = async (owner: string, request: JobRequest, uploadId: string): Promise<string> => {
    const earlier = await creator.findEarlier(owner, request.idempotencyKey);
    // A client that never got the answer repeats its request, and by then the upload has become the job.
    if (earlier?.jobId === uploadId.toLowerCase())
      return requireSameRequest(earlier, request, earlier.sha256);
    return creator.create(owner, request, await uploads.requireComplete(owner, uploadId));
  };

  const submitFile = (
    owner: string,
    request: JobRequest,
    filename: string,
    bytes: AsyncIterable<Uint8Array>,
  ) =>
    slots.run(owner, async () => {
      const earlier = await creator.findEarlier(owner, request.idempotencyKey);
      // The file is stored already, if it is the same: only its hash is needed.
      if (earlier) return requireSameRequest(earlier, request, (await readUploadFacts(bytes)).sha256);

      // Asked before the bytes are received, so that a client over its quota does not send them in vain.
      await quotas.assertRoomForJob(dataSource.manager, owner);
      await quotas.assertRoomForUpload(dataSource.manager, owner, 0);
      const upload = await inSpan('receive file', {}, () => uploads.store(owner, filename, bytes));
      let jobId: string | undefined;
      try {
        jobId = await creator.create(owner, request, upload);
        return jobId;
      } finally {
        // When the same request was made at the same time, the other's job answers both; a failed one has none.
        if (jobId !== upload.uploadId) await uploads.remove(upload.uploadId);
      }
    });

  return async (owner, request, source) => {
    const jobId =
      'uploadId' in source
        ? await submitUpload(owner, request, source.uploadId)
        : await submitFile(owner, request, source.filename, source.bytes);
    return jobs.findJob(owner, jobId);
  };
}
