import { GraphQLDateTimeISO } from 'graphql-scalars';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { ERROR_CODES, type ErrorCode } from '../error-codes.ts';
import { progressOf } from '../jobs/job-status.ts';
import { MAX_QUEUE_POSITION, type JobStatusView } from '../jobs/job-view.ts';
import type { JobStage, JobStatus } from '../jobs/job.entity.ts';
import type { JobOutlook } from './job-outlook.ts';
import { ErrorCodeEnum, JobStageEnum, JobStatusEnum } from './enums.ts';

@ObjectType('JobStatusReport', {
  description: 'How a job stands: what a client that polls needs to know.',
  simpleResolvers: true,
})
export class JobStatusReport {
  @Field(() => ID, { description: 'UUID of the job.' })
  readonly id: string;

  @Field(() => JobStatusEnum, { description: 'Where the job is in its life.' })
  readonly status: JobStatus;

  @Field(() => JobStageEnum, { description: 'What is being done for the job.' })
  readonly stage: JobStage;

  @Field(() => Float, { description: 'Coarse progress: 0 while pending, 0.5 while running, 1 when settled.' })
  readonly progress: number;

  @Field(() => Int, { description: 'How often a worker has started on the job: 0 or more.' })
  readonly attempt: number;

  @Field(() => Int, {
    nullable: true,
    description: `Place in the queue: 1 is taken next, ${MAX_QUEUE_POSITION} stands for itself and all behind it. Null unless pending.`,
  })
  readonly queuePosition: number | null;

  @Field(() => GraphQLDateTimeISO, { description: 'When the video was submitted.' })
  readonly createdAt: Date;

  @Field(() => GraphQLDateTimeISO, { description: 'When the job last changed.' })
  readonly updatedAt: Date;

  @Field(() => GraphQLDateTimeISO, { nullable: true, description: 'When the latest attempt began.' })
  readonly startedAt: Date | null;

  @Field(() => GraphQLDateTimeISO, { nullable: true, description: 'When the job was settled.' })
  readonly finishedAt: Date | null;

  @Field(() => GraphQLDateTimeISO, {
    nullable: true,
    description:
      'From then on the job is removed, with its video and its results: see `service.limits`. Null unless settled.',
  })
  readonly expiresAt: Date | null;

  @Field(() => GraphQLDateTimeISO, {
    nullable: true,
    description:
      'No further attempt is made before this time. Null unless the job waits after one that failed.',
  })
  readonly retryAt: Date | null;

  @Field(() => ErrorCodeEnum, {
    nullable: true,
    description: 'Code of the error that ended the job, or its last attempt while another one is to come.',
  })
  readonly errorCode: ErrorCode | null;

  @Field(() => String, { nullable: true, description: 'What went wrong, and what to do next.' })
  readonly errorMessage: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the same again may succeed, judging by errorCode. Null without an error.',
  })
  readonly retryable: boolean | null;

  @Field(() => Int, {
    description: 'Grows with every change of the job, from 1. Equal revisions: nothing changed.',
  })
  readonly revision: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'Milliseconds to wait before asking again, 500 to 30000: from the queue and how long such jobs took lately. Null when the job is settled.',
  })
  readonly pollAfterMs: number | null;

  constructor(job: JobStatusView, outlook: JobOutlook) {
    this.id = job.jobId;
    this.status = job.status;
    this.stage = job.stage;
    this.progress = progressOf(job.status);
    this.attempt = job.attempt;
    this.queuePosition = job.queuePosition;
    this.createdAt = job.createdAt;
    this.updatedAt = job.updatedAt;
    this.startedAt = job.startedAt;
    this.finishedAt = job.finishedAt;
    this.retryAt = job.retryAt;
    this.expiresAt = outlook.expiresAt;
    this.errorCode = job.errorCode;
    this.errorMessage = job.errorMessage;
    this.retryable = job.errorCode === null ? null : ERROR_CODES[job.errorCode].retryable;
    this.revision = job.revision;
    this.pollAfterMs = outlook.pollAfterMs;
  }
}
