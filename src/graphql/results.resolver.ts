import {
  Arg,
  Args,
  ArgsType,
  Authorized,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import type { OpenResults } from '../results/open-results.ts';
import type { ResultsHead, Timing } from '../results/results-document.ts';
import type { ResultsReader } from '../results/read-results.ts';
import type { RequestContext } from './context.ts';
import { LabelSummaryType, MediaInfoType, TimingType } from './media.types.ts';
import { ProvenanceType } from './provenance.types.ts';
import { FramePage, TextSegmentPage, TrackPage } from './results-page.types.ts';

@ArgsType()
class PageArgs {
  @Field(() => Int, { defaultValue: 0, description: 'How many items to pass over: 0 or more.' })
  offset!: number;

  @Field(() => Int, { defaultValue: 100, description: 'How many items to return at most: 1 to 1000.' })
  limit!: number;
}

@ObjectType({ description: 'The results of a completed job. Long parts are read page by page.' })
export class Results {
  @Field(() => ID, { description: 'UUID of the job.' })
  readonly jobId: string;

  @Field(() => ID, { description: 'The pipeline that made the results.' })
  readonly pipelineId: string;

  @Field(() => Int, { description: 'Version of the shape of the results document.' })
  readonly schemaVersion: number;

  @Field(() => MediaInfoType, { description: 'Facts of the video file.' })
  readonly media: MediaInfoType;

  @Field(() => ProvenanceType, { description: 'What made the results.' })
  readonly models: ProvenanceType;

  @Field(() => TimingType, { description: 'Where the time went.' })
  readonly timing: TimingType;

  @Field(() => [LabelSummaryType], { description: 'What was seen, most tracks first.' })
  readonly labels: LabelSummaryType[];

  /** Not a field: the pages read through it. */
  readonly reader: ResultsReader;

  constructor(summary: ResultsHead & { timing: Timing }, reader: ResultsReader) {
    this.jobId = summary.jobId;
    this.pipelineId = summary.pipelineId;
    this.schemaVersion = summary.schemaVersion;
    this.media = summary.media;
    this.models = summary.models;
    this.timing = summary.timing;
    this.labels = summary.labels;
    this.reader = reader;
  }
}

/** Reading what was seen and read. */
@Resolver(() => Results)
export class ResultsResolver {
  readonly #openResults: OpenResults;

  constructor(deps: { openResults: OpenResults }) {
    this.#openResults = deps.openResults;
  }

  @Authorized('read')
  @Query(() => Results, {
    description: 'The results of a job. Fails with JOB_NOT_COMPLETED before it is completed.',
  })
  async results(
    @Arg('jobId', () => ID, { description: 'UUID of the job.' }) jobId: string,
    @Ctx() { caller }: RequestContext,
  ): Promise<Results> {
    const { reader } = await this.#openResults(caller.owner, jobId);
    return new Results(await reader.summary(), reader);
  }

  @FieldResolver(() => FramePage, {
    description: 'What was seen and read on each sampled frame, in order of time.',
  })
  async frames(@Root() results: Results, @Args(() => PageArgs) page: PageArgs): Promise<FramePage> {
    return results.reader.frames(page);
  }

  @FieldResolver(() => TrackPage, {
    description: 'Objects followed over time, in order of first appearance.',
  })
  async tracks(@Root() results: Results, @Args(() => PageArgs) page: PageArgs): Promise<TrackPage> {
    return results.reader.tracks(page);
  }

  @FieldResolver(() => TextSegmentPage, { description: 'Texts over time, in order of first appearance.' })
  async textSegments(
    @Root() results: Results,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<TextSegmentPage> {
    return results.reader.textSegments(page);
  }
}
