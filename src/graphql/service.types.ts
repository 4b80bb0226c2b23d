import { GraphQLSafeInt } from 'graphql-scalars';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { ErrorCode } from '../error-codes.ts';
import { ErrorCodeEnum } from './enums.ts';

@ObjectType({
  description: 'One option of a pipeline: a field of the input AnalysisOptionsInput.',
  simpleResolvers: true,
})
export class PipelineOption {
  @Field(() => String, { description: 'Name of the field.' })
  name!: string;

  @Field(() => String, { description: 'What it does, with its unit.' })
  description!: string;

  @Field(() => String, { description: 'Its type in GraphQL’s notation.' })
  type!: string;

  @Field(() => String, { description: 'Its value when it is left out, as JSON.' })
  default!: string;

  @Field(() => Float, {
    nullable: true,
    description:
      'Least value; of a text, least length; of a list, least number of entries. Null where there is no limit.',
  })
  min!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Greatest value; of a text, greatest length; of a list, greatest number of entries. Null where there is no limit.',
  })
  max!: number | null;
}

@ObjectType({ description: 'A way to analyse videos.', simpleResolvers: true })
export class Pipeline {
  @Field(() => ID, { description: 'What `submitVideo` takes as pipelineId.' })
  id!: string;

  @Field(() => String, { description: 'What it finds, and how.' })
  description!: string;

  @Field(() => [PipelineOption], { description: 'What can be chosen for each job.' })
  options!: readonly PipelineOption[];
}

@ObjectType({ description: 'What one caller may ask for. Operators set the limits.', simpleResolvers: true })
export class ServiceLimits {
  @Field(() => GraphQLSafeInt, { description: 'Largest video in bytes.' })
  maxUploadBytes!: number;

  @Field(() => Int, { description: 'Longest video in milliseconds.' })
  maxDurationMs!: number;

  @Field(() => Int, { description: 'Most pixels of a frame: width times height.' })
  maxFramePixels!: number;

  @Field(() => Int, { description: 'Most frames that one job may sample.' })
  maxSampledFrames!: number;

  @Field(() => Int, { description: 'Most jobs of one owner that may wait at a time.' })
  maxJobsWaiting!: number;

  @Field(() => GraphQLSafeInt, { description: 'Most bytes of videos that one owner may store.' })
  maxStoredBytes!: number;

  @Field(() => Int, { description: 'Most uploads of one owner at a time, on one API process.' })
  maxUploadsAtOnce!: number;

  @Field(() => Int, { description: 'Most requests of one owner within a minute, on one API process.' })
  requestsPerMinute!: number;

  @Field(() => Int, { description: 'How long an upload waits for its job, in milliseconds.' })
  uploadTtlMs!: number;

  @Field(() => Int, { description: 'How long a completed job is kept with its video and results, in hours.' })
  retentionCompletedHours!: number;

  @Field(() => Int, { description: 'How long a failed job is kept with its video, in hours.' })
  retentionFailedHours!: number;

  @Field(() => Int, { description: 'How long a canceled job is kept with its video, in hours.' })
  retentionCanceledHours!: number;
}

@ObjectType({ description: 'A row of the table of errors.', simpleResolvers: true })
export class ErrorDescription {
  @Field(() => ErrorCodeEnum, { description: 'The code.' })
  code!: ErrorCode;

  @Field(() => Int, {
    description:
      'Status of plain HTTP routes, and of GraphQL requests that are refused before they are executed.',
  })
  httpStatus!: number;

  @Field(() => Boolean, { description: 'Whether the same again, later, may succeed.' })
  retryable!: boolean;

  @Field(() => String, { description: 'When it is met.' })
  when!: string;

  @Field(() => String, { description: 'What to do next.' })
  remedy!: string;
}

@ObjectType({ description: 'The service itself.', simpleResolvers: true })
export class Service {
  @Field(() => String, { description: 'Version of Foregsyte.' })
  version!: string;

  @Field(() => [String], { description: 'Containers that are accepted, as media types.' })
  acceptedContainers!: string[];

  @Field(() => ServiceLimits, { description: 'What one caller may ask for.' })
  limits!: ServiceLimits;

  @Field(() => [ErrorDescription], { description: 'Every code that an error or a job can carry.' })
  errors!: ErrorDescription[];
}
