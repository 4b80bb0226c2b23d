import { GraphQLSafeInt } from 'graphql-scalars';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { LabelSummary, MediaInfo, Timing } from '../results/results-document.ts';

@ObjectType('MediaInfo', { description: 'Facts of the video file.', simpleResolvers: true })
export class MediaInfoType implements MediaInfo {
  @Field(() => String, { description: 'Container format, as ffprobe names it.' })
  container!: string;

  @Field(() => String, { description: 'Codec of the video track, as ffprobe names it.' })
  videoCodec!: string;

  @Field(() => Int, { description: 'Width in pixels, as displayed.' })
  width!: number;

  @Field(() => Int, { description: 'Height in pixels, as displayed.' })
  height!: number;

  @Field(() => GraphQLSafeInt, { description: 'Duration in milliseconds.' })
  durationMs!: number;

  @Field(() => Float, { description: 'Mean frames a second.' })
  framesPerSecond!: number;

  @Field(() => Int, { description: 'Number of frames in the video track.' })
  frameCount!: number;

  @Field(() => Boolean, { description: 'Whether there is an audio track. It is not analysed.' })
  hasAudio!: boolean;
}

@ObjectType('LabelSummary', { description: 'All tracks of one label together.', simpleResolvers: true })
export class LabelSummaryType implements LabelSummary {
  @Field(() => String, { description: 'What the object is, by the model’s label.' })
  label!: string;

  @Field(() => Int, { description: 'Number of tracks.' })
  trackCount!: number;

  @Field(() => Int, { description: 'Number of detections on all sampled frames.' })
  detectionCount!: number;

  @Field(() => GraphQLSafeInt, { description: 'When the label was first seen, in milliseconds.' })
  firstSeenMs!: number;

  @Field(() => GraphQLSafeInt, { description: 'When the label was last seen, in milliseconds.' })
  lastSeenMs!: number;

  @Field(() => Float, { description: 'Best confidence of a detection, 0 to 1.' })
  bestConfidence!: number;
}

@ObjectType('Timing', {
  description: 'Where the time went. Stages overlap, so their sum can exceed the total.',
  simpleResolvers: true,
})
export class TimingType implements Timing {
  @Field(() => GraphQLSafeInt, { description: 'Wall time of the whole analysis in milliseconds.' })
  totalMs!: number;

  @Field(() => GraphQLSafeInt, { description: 'Milliseconds spent waiting for decoded frames.' })
  decodeMs!: number;

  @Field(() => GraphQLSafeInt, { description: 'Milliseconds of object detection, summed over its threads.' })
  detectMs!: number;

  @Field(() => GraphQLSafeInt, { description: 'Milliseconds of text reading, summed over its workers.' })
  ocrMs!: number;

  @Field(() => GraphQLSafeInt, { description: 'Milliseconds spent storing the results.' })
  storeMs!: number;
}
