import {
  Arg,
  Args,
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
import type { ResultsReader, ResultsSummary } from '../results/read-results.ts';
import { resultsPath, type ResultsFormat } from '../results/results-formats.ts';
import type { RequestContext } from './context.ts';
import { LabelSummaryType, MediaInfoType, TimingType } from './media.types.ts';
import { ProvenanceType } from './provenance.types.ts';
import {
  FrameConnection,
  TextSegmentConnection,
  toConnection,
  TrackConnection,
} from './results-connection.types.ts';
import { FrameFilter, PageArgs, TextSegmentFilterInput, TrackFilter } from './results-filter.types.ts';
import { ResultsFormatEnum } from './results-format.types.ts';
import { ResultsWarningType } from './results-warning.types.ts';

@ObjectType({
  description: 'The results of a completed job. Long parts are read page by page.',
  simpleResolvers: true,
})
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

  @Field(() => [ResultsWarningType], {
    description: 'What is wrong with the video; empty when nothing is. Each code at most once.',
  })
  readonly warnings: ResultsWarningType[];

  /** Not a field: the pages read through it. */
  readonly reader: ResultsReader;

  constructor(summary: ResultsSummary, reader: ResultsReader) {
    this.jobId = summary.jobId;
    this.pipelineId = summary.pipelineId;
    this.schemaVersion = summary.schemaVersion;
    this.media = summary.media;
    this.models = summary.models;
    this.timing = summary.timing;
    this.labels = summary.labels;
    this.warnings = summary.warnings ?? [];
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

  @FieldResolver(() => FrameConnection, {
    description: 'What was seen and read on each sampled frame, in order of time.',
  })
  async frames(
    @Root() results: Results,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => FrameFilter, { nullable: true, description: 'Which frames, and what of them.' })
    filter: FrameFilter | null,
  ): Promise<FrameConnection> {
    return toConnection(await results.reader.frames(page, filter ?? {}));
  }

  @FieldResolver(() => TrackConnection, {
    description: 'Objects followed over time, in order of first appearance.',
  })
  async tracks(
    @Root() results: Results,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => TrackFilter, { nullable: true, description: 'Which tracks.' })
    filter: TrackFilter | null,
  ): Promise<TrackConnection> {
    return toConnection(await results.reader.tracks(page, filter ?? {}));
  }

  @FieldResolver(() => TextSegmentConnection, {
    description: 'Texts over time, in order of first appearance.',
  })
  async textSegments(
    @Root() results: Results,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => TextSegmentFilterInput, { nullable: true, description: 'Which segments.' })
    filter: TextSegmentFilterInput | null,
  ): Promise<TextSegmentConnection> {
    return toConnection(await results.reader.textSegments(page, filter ?? {}));
  }

  @FieldResolver(() => String, {
    description:
      'Where to fetch the results over HTTP: a path on this service, such as `/results/<jobId>/document.json`.',
  })
  resultsUrl(
    @Root() results: Results,
    @Arg('format', () => ResultsFormatEnum, { defaultValue: 'json', description: 'In which format.' })
    format: ResultsFormat,
  ): string {
    return resultsPath(results.jobId, format);
  }
}
