import { GraphQLUpload, type FileUpload } from 'graphql-upload-ts';
import { Arg, ID, Mutation, Query, Resolver } from 'type-graphql';
import { resolveAnalysisOptions } from '../jobs/analysis-options.ts';
import type { JobFinder } from '../jobs/find-jobs.ts';
import { parsePipelineId } from '../jobs/pipeline-ids.ts';
import type { SubmitVideo } from '../jobs/submit-video.ts';
import { AnalysisOptionsInput } from './analysis-options.types.ts';
import { Job, JobStatusReport } from './job.types.ts';
import { receiveUpload } from './receive-upload.ts';

/** Submitting videos and asking after them. */
@Resolver(() => Job)
export class JobResolver {
  readonly #submitVideo: SubmitVideo;
  readonly #jobs: JobFinder;

  constructor(deps: { submitVideo: SubmitVideo; jobs: JobFinder }) {
    this.#submitVideo = deps.submitVideo;
    this.#jobs = deps.jobs;
  }

  @Mutation(() => Job, {
    description:
      'Uploads an MP4 (GraphQL multipart request) and returns its job at once. Poll `status` from then on.',
  })
  async submitVideo(
    @Arg('file', () => GraphQLUpload, { description: 'The MP4 file.' }) file: FileUpload,
    @Arg('pipelineId', () => ID, {
      defaultValue: 'yolo_ocr',
      description: 'Which pipeline analyses the video.',
    })
    pipelineId: string,
    @Arg('options', () => AnalysisOptionsInput, { nullable: true, description: 'How to analyse the video.' })
    options: AnalysisOptionsInput | null,
  ): Promise<Job> {
    const request = {
      pipelineId: parsePipelineId(pipelineId),
      options: resolveAnalysisOptions(options ?? {}),
    };
    return new Job(await this.#submitVideo({ ...request, ...receiveUpload(file) }));
  }

  @Query(() => Job, { description: 'One job. Fails with JOB_NOT_FOUND when there is none.' })
  async job(@Arg('id', () => ID, { description: 'UUID of the job.' }) id: string): Promise<Job> {
    return new Job(await this.#jobs.findJob(id));
  }

  @Query(() => JobStatusReport, { description: 'How a job stands, and when to ask again.' })
  async status(
    @Arg('jobId', () => ID, { description: 'UUID of the job.' }) jobId: string,
  ): Promise<JobStatusReport> {
    return new JobStatusReport(await this.#jobs.findJob(jobId));
  }
}
