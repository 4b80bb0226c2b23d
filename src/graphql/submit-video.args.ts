import { GraphQLUpload, type FileUpload } from 'graphql-upload-ts';
import { ArgsType, Field, ID, Int } from 'type-graphql';
import { IDEMPOTENCY_DAYS } from '../jobs/create-job.ts';
import { JOB_REQUEST_LIMITS } from '../jobs/job-request.ts';
import { AnalysisOptionsInput } from './analysis-options.types.ts';

const { maxPriority, maxTags, maxTagLength, maxIdempotencyKeyLength } = JOB_REQUEST_LIMITS;

/** What `submitVideo` takes. */
@ArgsType()
export class SubmitVideoArgs {
  @Field(() => GraphQLUpload, {
    nullable: true,
    description: 'The MP4 file, as a GraphQL multipart request. Give either this or uploadId.',
  })
  file?: Promise<FileUpload> | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'An upload that `POST /uploads` or the tus protocol has completed. It is consumed: its id becomes the id of the job.',
  })
  uploadId?: string | null;

  @Field(() => ID, {
    defaultValue: 'yolo_ocr',
    description: 'Which pipeline analyses the video: one of `pipelines`.',
  })
  pipelineId!: string;

  @Field(() => AnalysisOptionsInput, { nullable: true, description: 'How to analyse the video.' })
  options?: AnalysisOptionsInput | null;

  @Field(() => Int, {
    defaultValue: 0,
    description: `Jobs of a higher priority are taken first: 0 to ${maxPriority}.`,
  })
  priority!: number;

  @Field(() => [String], {
    nullable: true,
    description: `Your own words to find the job by: at most ${maxTags}, each of 1 to ${maxTagLength} characters.`,
  })
  tags?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description: `Any text of 1 to ${maxIdempotencyKeyLength} characters, for instance a UUID. The same key within ${IDEMPOTENCY_DAYS} days returns the same job, so a request whose answer was lost can be repeated safely; with another file or other options it fails with IDEMPOTENCY_KEY_REUSED.`,
  })
  idempotencyKey?: string | null;
}
