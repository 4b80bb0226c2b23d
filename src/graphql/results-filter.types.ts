import { GraphQLSafeInt } from 'graphql-scalars';
import { ArgsType, Field, Float, InputType, Int } from 'type-graphql';
import type { BoundingBox } from '../results/results-document.ts';
import {
  MAX_LABEL_CHARACTERS,
  MAX_LABELS,
  MAX_TEXT_CHARACTERS,
  type ObjectFilter,
  type TextSegmentFilter,
} from '../results/results-filter.ts';
import { DEFAULT_PAGE_ITEMS, MAX_PAGE_ITEMS } from '../results/results-page.ts';

const LABELS = `Labels of the model, exactly as written; any of them matches: 1 to ${MAX_LABELS} labels of 1 to ${MAX_LABEL_CHARACTERS} characters.`;

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    defaultValue: DEFAULT_PAGE_ITEMS,
    description: `How many items to return at most: 1 to ${MAX_PAGE_ITEMS}.`,
  })
  first!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The `endCursor` of the page before; nothing for the first page.',
  })
  after?: string | null;
}

@InputType({
  description:
    'A part of the picture, normalised to the frame: 0 to 1 from the top left corner. A box matches when it overlaps the region.',
})
export class RegionInput implements BoundingBox {
  @Field(() => Float, { description: 'Left edge, 0 to 1.' })
  x!: number;

  @Field(() => Float, { description: 'Top edge, 0 to 1.' })
  y!: number;

  @Field(() => Float, { description: 'Width, more than 0 and at most 1 - x.' })
  width!: number;

  @Field(() => Float, { description: 'Height, more than 0 and at most 1 - y.' })
  height!: number;
}

@InputType({
  description:
    'Which frames to return, and what of them. `labels`, `minConfidence` and `region` leave only what matches on a frame, and pass over frames on which nothing does. Members left out do not matter.',
})
export class FrameFilter implements ObjectFilter {
  @Field(() => [String], {
    nullable: true,
    description: `${LABELS} Texts have no label, and are left out.`,
  })
  labels?: string[] | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Least confidence of detections and texts, 0 to 1.',
  })
  minConfidence?: number | null;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: 'Earliest timestamp in milliseconds (inclusive), 0 or more.',
  })
  fromMs?: number | null;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: 'Timestamp in milliseconds before which frames stand (exclusive), more than `fromMs`.',
  })
  toMs?: number | null;

  @Field(() => RegionInput, {
    nullable: true,
    description: 'Where detections and texts stand: their box overlaps it.',
  })
  region?: RegionInput | null;
}

@InputType({ description: 'Which tracks to return. Members left out do not matter.' })
export class TrackFilter implements ObjectFilter {
  @Field(() => [String], { nullable: true, description: LABELS })
  labels?: string[] | null;

  @Field(() => Float, { nullable: true, description: 'Least `bestConfidence`, 0 to 1.' })
  minConfidence?: number | null;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: 'In milliseconds, 0 or more: tracks last seen at this time or later (inclusive).',
  })
  fromMs?: number | null;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: 'In milliseconds, more than `fromMs`: tracks first seen before this time (exclusive).',
  })
  toMs?: number | null;

  @Field(() => RegionInput, { nullable: true, description: 'Where the track stands: `bestBox` overlaps it.' })
  region?: RegionInput | null;
}

@InputType('TextSegmentFilter', {
  description: 'Which text segments to return. Members left out do not matter.',
})
export class TextSegmentFilterInput implements TextSegmentFilter {
  @Field(() => String, {
    nullable: true,
    description: `What the text contains, whatever the case, the accents and the white space: 1 to ${MAX_TEXT_CHARACTERS} characters.`,
  })
  contains?: string | null;

  @Field(() => Float, { nullable: true, description: 'Least `bestConfidence`, 0 to 1.' })
  minConfidence?: number | null;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: 'In milliseconds, 0 or more: segments that end at this time or later (inclusive).',
  })
  fromMs?: number | null;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: 'In milliseconds, more than `fromMs`: segments that start before this time (exclusive).',
  })
  toMs?: number | null;

  @Field(() => RegionInput, { nullable: true, description: 'Where the text stands: `box` overlaps it.' })
  region?: RegionInput | null;
}
