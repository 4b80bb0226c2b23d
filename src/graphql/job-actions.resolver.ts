import { Arg, Args, Authorized, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import { AppError } from '../errors.ts';
import type { CancelJob } from '../jobs/cancel-job.ts';
import type { DeleteJob } from '../jobs/delete-job.ts';
import { resolveJobRequest } from '../jobs/job-request.ts';
import type { OcrLanguage } from '../jobs/ocr-languages.ts';
import type { RetryJob } from '../jobs/retry-job.ts';
import type { SubmitVideo, VideoSource } from '../jobs/submit-video.ts';
import type { RequestContext } from './context.ts';
import type { Outlooks } from './job-outlook.ts';
import { Job, toJob } from './job.types.ts';
import { receiveUpload } from './receive-upload.ts';
import { SubmitVideoArgs } from './submit-video.args.ts';

/** What the actions are done with. */
export interface JobActions extends Outlooks {
  submitVideo: SubmitVideo;
  cancelJob: CancelJob;
  retryJob: RetryJob;
  deleteJob: DeleteJob;
  /** The languages that text can be read in. */
  ocrLanguages: readonly OcrLanguage[];
}

/** Submitting videos, and changing what becomes of them. */
@Resolver()
export class JobActionsResolver {
  readonly #actions: JobActions;

  constructor(actions: JobActions) {
    this.#actions = actions;
  }

  @Authorized('submit')
  @Mutation(() => Job, {
    description:
      'Submits an MP4 and returns its job at once. Poll `status` from then on, as often as pollAfterMs says.',
  })
  async submitVideo(
    @Args(() => SubmitVideoArgs) args: SubmitVideoArgs,
    @Ctx() { caller }: RequestContext,
  ): Promise<Job> {
    const request = resolveJobRequest(args, this.#actions.ocrLanguages);
    return toJob(await this.#actions.submitVideo(caller.owner, request, await sourceOf(args)), this.#actions);
  }

  @Authorized('submit')
  @Mutation(() => Job, {
    description:
      'Cancels a pending or running job, at once. Fails with JOB_NOT_CANCELABLE when it is settled already.',
  })
  async cancelJob(
    @Arg('jobId', () => ID, { description: 'UUID of the job.' }) jobId: string,
    @Ctx() { caller }: RequestContext,
  ): Promise<Job> {
    return toJob(await this.#actions.cancelJob(caller.owner, jobId), this.#actions);
  }

  @Authorized('submit')
  @Mutation(() => Job, {
    description:
      'Queues a failed or canceled job again, with all its attempts. Fails with JOB_NOT_RETRYABLE in any other state, with QUOTA_EXCEEDED while as many jobs wait as allowed.',
  })
  async retryJob(
    @Arg('jobId', () => ID, { description: 'UUID of the job.' }) jobId: string,
    @Ctx() { caller }: RequestContext,
  ): Promise<Job> {
    return toJob(await this.#actions.retryJob(caller.owner, jobId), this.#actions);
  }

  @Authorized('admin')
  @Mutation(() => ID, {
    description:
      'Deletes a job in any state, with its video and its results, for good. Needs the scope admin. Returns the id.',
  })
  async deleteJob(
    @Arg('jobId', () => ID, { description: 'UUID of the job.' }) jobId: string,
    @Ctx() { caller }: RequestContext,
  ): Promise<string> {
    await this.#actions.deleteJob(caller.owner, jobId);
    return jobId;
  }
}

async function sourceOf({ file, uploadId }: SubmitVideoArgs): Promise<VideoSource> {
  if (file && !uploadId) return receiveUpload(await file);
  if (uploadId && !file) return { uploadId };
  throw new AppError(
    'INVALID_ARGUMENT',
    'Give either file or uploadId: the video must come from one place.',
    {
      details: { argument: 'file' },
    },
  );
}
