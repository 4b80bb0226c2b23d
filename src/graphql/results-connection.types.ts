import { Field, Int, ObjectType } from 'type-graphql';
import type { ResultsPage } from '../results/results-page.ts';
import { PageInfo } from './page-info.types.ts';
import { FrameResultType, ObjectTrackType, TextSegmentType } from './results.types.ts';

const SHORT_PAGES =
  'A filtered page looks at a bounded part of the results: it can hold fewer nodes than asked for, even none, ' +
  'while `hasNextPage` is true. Go on with `endCursor` until `hasNextPage` is false.';

@ObjectType({ description: `Consecutive sampled frames. ${SHORT_PAGES}`, simpleResolvers: true })
export class FrameConnection {
  @Field(() => Int, { description: 'Number of sampled frames in all, whatever the filter.' })
  totalCount!: number;

  @Field(() => [FrameResultType], { description: 'The frames of this page, in order of time.' })
  nodes!: FrameResultType[];

  @Field(() => PageInfo, { description: 'How to go on.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: `Consecutive object tracks. ${SHORT_PAGES}`, simpleResolvers: true })
export class TrackConnection {
  @Field(() => Int, { description: 'Number of tracks in all, whatever the filter.' })
  totalCount!: number;

  @Field(() => [ObjectTrackType], { description: 'The tracks of this page, in order of first appearance.' })
  nodes!: ObjectTrackType[];

  @Field(() => PageInfo, { description: 'How to go on.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: `Consecutive text segments. ${SHORT_PAGES}`, simpleResolvers: true })
export class TextSegmentConnection {
  @Field(() => Int, { description: 'Number of text segments in all, whatever the filter.' })
  totalCount!: number;

  @Field(() => [TextSegmentType], { description: 'The segments of this page, in order of first appearance.' })
  nodes!: TextSegmentType[];

  @Field(() => PageInfo, { description: 'How to go on.' })
  pageInfo!: PageInfo;
}

/** A page in the shape that GraphQL's connections have. */
export function toConnection<T>(page: ResultsPage<T>): {
  totalCount: number;
  nodes: T[];
  pageInfo: PageInfo;
} {
  const { totalCount, nodes, hasNextPage, endCursor } = page;
  return { totalCount, nodes, pageInfo: { hasNextPage, endCursor } };
}
