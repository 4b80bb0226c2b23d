import { GraphQLDateTimeISO } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type { JobFilter } from '../jobs/list-jobs.ts';
import type { JobStatus } from '../jobs/job.entity.ts';
import { JobStatusEnum } from './enums.ts';
import { Job } from './job.types.ts';
import { PageInfo } from './page-info.types.ts';

@ObjectType({ description: 'A job and its place in the list.', simpleResolvers: true })
export class JobEdge {
  @Field(() => String, { description: 'Opaque: give it as `after` to go on behind this job.' })
  cursor!: string;

  @Field(() => Job, { description: 'The job.' })
  node!: Job;
}

/** `totalCount` is resolved on its own, because it costs a query of its own. */
@ObjectType({ description: 'One page of a list of jobs.' })
export class JobConnection {
  @Field(() => [JobEdge], { description: 'The jobs of this page, each with its cursor.', simple: true })
  readonly edges: JobEdge[];

  @Field(() => [Job], { description: 'The jobs of this page.', simple: true })
  readonly nodes: Job[];

  @Field(() => PageInfo, { description: 'Whether there is more, and where it begins.', simple: true })
  readonly pageInfo: PageInfo;

  /** Not fields: what the list was asked for, to be counted. */
  readonly owner: string;
  readonly filter: JobFilter;

  constructor(edges: JobEdge[], hasNextPage: boolean, owner: string, filter: JobFilter) {
    this.edges = edges;
    this.nodes = edges.map((edge) => edge.node);
    this.pageInfo = { hasNextPage, endCursor: edges.at(-1)?.cursor ?? null };
    this.owner = owner;
    this.filter = filter;
  }
}

@InputType('JobFilter', { description: 'Which jobs to list: those that meet every condition given.' })
export class JobFilterInput implements JobFilter {
  @Field(() => JobStatusEnum, { nullable: true, description: 'Only jobs in this status.' })
  status?: JobStatus | null;

  @Field(() => ID, { nullable: true, description: 'Only jobs of this pipeline.' })
  pipelineId?: string | null;

  @Field(() => String, { nullable: true, description: 'Only jobs with this tag, exactly as it was given.' })
  tag?: string | null;

  @Field(() => GraphQLDateTimeISO, { nullable: true, description: 'Only jobs submitted after this time.' })
  createdAfter?: Date | null;

  @Field(() => GraphQLDateTimeISO, { nullable: true, description: 'Only jobs submitted before this time.' })
  createdBefore?: Date | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Only jobs whose file name holds all these words; the last may be the beginning of a word. Case does not matter. 1 to 200 characters.',
  })
  text?: string | null;
}
