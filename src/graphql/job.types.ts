import { GraphQLSafeInt } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { completeStoredOptions } from '../jobs/analysis-options.ts';
import type { JobView } from '../jobs/job-view.ts';
import { AnalysisOptionsType } from './analysis-options.types.ts';
import { lookAhead, type JobOutlook, type Outlooks } from './job-outlook.ts';
import { JobStatusReport } from './job-status.types.ts';
import { MediaInfoType } from './media.types.ts';

@ObjectType({ description: 'A submitted video and what became of it.', simpleResolvers: true })
export class Job extends JobStatusReport {
  @Field(() => ID, { description: 'The pipeline that analyses the video.' })
  readonly pipelineId: string;

  @Field(() => AnalysisOptionsType, { description: 'How the video is analysed.' })
  readonly options: AnalysisOptionsType;

  @Field(() => Int, { description: 'Jobs of a higher priority are taken first: 0 to 9.' })
  readonly priority: number;

  @Field(() => [String], {
    description: 'Your own words to find the job by: at most 10 of at most 50 characters.',
  })
  readonly tags: string[];

  @Field(() => String, { description: 'What the client called the file.' })
  readonly originalFilename: string;

  @Field(() => GraphQLSafeInt, { description: 'Size of the uploaded file in bytes.' })
  readonly sizeBytes: number;

  @Field(() => String, { description: 'SHA-256 of the uploaded file, hexadecimal.' })
  readonly sha256: string;

  @Field(() => MediaInfoType, {
    nullable: true,
    description: 'Facts of the video file; null until a worker has looked at it.',
  })
  readonly media: MediaInfoType | null;

  constructor(job: JobView, outlook: JobOutlook) {
    super(job, outlook);
    this.pipelineId = job.pipelineId;
    this.options = completeStoredOptions(job.options);
    this.priority = job.priority;
    this.tags = job.tags;
    this.originalFilename = job.originalFilename;
    this.sizeBytes = job.sizeBytes;
    this.sha256 = job.sha256;
    this.media = job.media;
  }
}

/** The job as clients see it, with what is to come. */
export async function toJob(view: JobView, outlooks: Outlooks): Promise<Job> {
  return new Job(view, await lookAhead(view, outlooks));
}
