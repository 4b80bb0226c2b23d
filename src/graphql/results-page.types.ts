import { Field, Int, ObjectType } from 'type-graphql';
import { FrameResultType, ObjectTrackType, TextSegmentType } from './results.types.ts';

@ObjectType({ description: 'Consecutive sampled frames.' })
export class FramePage {
  @Field(() => Int, { description: 'Number of sampled frames in all.' })
  totalCount!: number;

  @Field(() => Int, { description: 'Where this page begins, from 0.' })
  offset!: number;

  @Field(() => [FrameResultType], { description: 'The frames of this page.' })
  items!: FrameResultType[];
}

@ObjectType({ description: 'Consecutive object tracks.' })
export class TrackPage {
  @Field(() => Int, { description: 'Number of tracks in all.' })
  totalCount!: number;

  @Field(() => Int, { description: 'Where this page begins, from 0.' })
  offset!: number;

  @Field(() => [ObjectTrackType], { description: 'The tracks of this page.' })
  items!: ObjectTrackType[];
}

@ObjectType({ description: 'Consecutive text segments.' })
export class TextSegmentPage {
  @Field(() => Int, { description: 'Number of text segments in all.' })
  totalCount!: number;

  @Field(() => Int, { description: 'Where this page begins, from 0.' })
  offset!: number;

  @Field(() => [TextSegmentType], { description: 'The segments of this page.' })
  items!: TextSegmentType[];
}
