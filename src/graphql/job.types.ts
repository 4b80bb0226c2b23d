import { GraphQLDateTimeISO, GraphQLSafeInt } from 'graphql-scalars';
import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { JobEntity, JobStatus } from '../jobs/job.entity.ts';
import { isSettled, progressOf } from '../jobs/job-status.ts';

/** How long a client should wait before it asks for the status of an unsettled job again. */
const POLL_AFTER_MS = 1_000;

const JobStatusEnum = {
  PENDING: 'pending',
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELED: 'canceled',
} as const satisfies Record<Uppercase<JobStatus>, JobStatus>;

registerEnumType(JobStatusEnum, {
  name: 'JobStatus',
  description: 'Where a job is in its life.',
  valuesConfig: {
    PENDING: { description: 'Waits for a worker.' },
    RUNNING: { description: 'A worker is analysing the video.' },
    COMPLETED: { description: 'Done: the results can be read.' },
    FAILED: { description: 'Ended without results: errorCode and errorMessage say why.' },
    CANCELED: { description: 'Ended by request, without results.' },
  },
});

@ObjectType({ description: 'A submitted video and what became of it.' })
export class Job {
  @Field(() => ID, { description: 'UUID of the job.' })
  readonly id: string;

  @Field(() => JobStatusEnum, { description: 'Where the job is in its life.' })
  readonly status: JobStatus;

  @Field(() => Float, { description: 'Coarse progress: 0 while pending, 0.5 while running, 1 when settled.' })
  readonly progress: number;

  @Field(() => ID, { description: 'The pipeline that analyses the video.' })
  readonly pipelineId: string;

  @Field(() => String, { description: 'What the client called the file.' })
  readonly originalFilename: string;

  @Field(() => GraphQLSafeInt, { description: 'Size of the uploaded file in bytes.' })
  readonly sizeBytes: number;

  @Field(() => Int, { description: 'How often a worker has started on the job.' })
  readonly attempt: number;

  @Field(() => String, {
    nullable: true,
    description: 'Code of the error that ended the job or its last attempt.',
  })
  readonly errorCode: string | null;

  @Field(() => String, { nullable: true, description: 'What went wrong, and what to do next.' })
  readonly errorMessage: string | null;

  @Field(() => GraphQLDateTimeISO, { description: 'When the video was submitted.' })
  readonly createdAt: Date;

  @Field(() => GraphQLDateTimeISO, { description: 'When the job last changed.' })
  readonly updatedAt: Date;

  @Field(() => GraphQLDateTimeISO, { nullable: true, description: 'When the latest attempt began.' })
  readonly startedAt: Date | null;

  @Field(() => GraphQLDateTimeISO, { nullable: true, description: 'When the job was settled.' })
  readonly finishedAt: Date | null;

  constructor(job: JobEntity) {
    this.id = job.jobId;
    this.status = job.status;
    this.progress = progressOf(job.status);
    this.pipelineId = job.pipelineId;
    this.originalFilename = job.originalFilename;
    this.sizeBytes = job.sizeBytes;
    this.attempt = job.attempt;
    this.errorCode = job.errorCode;
    this.errorMessage = job.errorMessage;
    this.createdAt = job.createdAt;
    this.updatedAt = job.updatedAt;
    this.startedAt = job.startedAt;
    this.finishedAt = job.finishedAt;
  }
}

@ObjectType({ description: 'What a client that polls needs to know.' })
export class JobStatusReport {
  @Field(() => ID, { description: 'UUID of the job.' })
  readonly jobId: string;

  @Field(() => JobStatusEnum, { description: 'Where the job is in its life.' })
  readonly status: JobStatus;

  @Field(() => Float, { description: 'Coarse progress: 0 while pending, 0.5 while running, 1 when settled.' })
  readonly progress: number;

  @Field(() => Int, { description: 'How often a worker has started on the job.' })
  readonly attempt: number;

  @Field(() => GraphQLDateTimeISO, { description: 'When the video was submitted.' })
  readonly createdAt: Date;

  @Field(() => GraphQLDateTimeISO, { description: 'When the job last changed.' })
  readonly updatedAt: Date;

  @Field(() => String, {
    nullable: true,
    description: 'Code of the error that ended the job or its last attempt.',
  })
  readonly errorCode: string | null;

  @Field(() => String, { nullable: true, description: 'What went wrong, and what to do next.' })
  readonly errorMessage: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Milliseconds to wait before asking again; null when the job is settled.',
  })
  readonly pollAfterMs: number | null;

  constructor(job: JobEntity) {
    this.jobId = job.jobId;
    this.status = job.status;
    this.progress = progressOf(job.status);
    this.attempt = job.attempt;
    this.createdAt = job.createdAt;
    this.updatedAt = job.updatedAt;
    this.errorCode = job.errorCode;
    this.errorMessage = job.errorMessage;
    this.pollAfterMs = isSettled(job.status) ? null : POLL_AFTER_MS;
  }
}
