import { GraphQLSafeInt } from 'graphql-scalars';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import type {
  BoundingBox,
  FrameResult,
  ObjectTrack,
  TextLine,
  TextSegment,
  TrackedDetection,
  TrackPoint,
} from '../results/results-document.ts';

@ObjectType('BoundingBox', {
  description: 'A rectangle, normalised to the frame: 0 to 1 from the top left corner.',
  simpleResolvers: true,
})
export class BoundingBoxType implements BoundingBox {
  @Field(() => Float, { description: 'Left edge, 0 to 1.' })
  x!: number;

  @Field(() => Float, { description: 'Top edge, 0 to 1.' })
  y!: number;

  @Field(() => Float, { description: 'Width, 0 to 1.' })
  width!: number;

  @Field(() => Float, { description: 'Height, 0 to 1.' })
  height!: number;
}

@ObjectType('Detection', { description: 'One object seen on one frame.', simpleResolvers: true })
export class DetectionType implements TrackedDetection {
  @Field(() => String, { description: 'What it is, by the model’s label.' })
  label!: string;

  @Field(() => Float, { description: 'Confidence, 0 to 1.' })
  confidence!: number;

  @Field(() => BoundingBoxType, { description: 'Where it stands.' })
  box!: BoundingBoxType;

  @Field(() => Int, { description: 'The track it belongs to.' })
  trackId!: number;
}

@ObjectType('TextLine', { description: 'One line of text read on one frame.', simpleResolvers: true })
export class TextLineType implements TextLine {
  @Field(() => String, { description: 'What was read.' })
  text!: string;

  @Field(() => Float, { description: 'Recognition: how sure it is of what was read, 0 to 1.' })
  confidence!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Detection: how sure it is that there is text in this place, whatever it says, 0 to 1. Null in results from before ' +
      'it was measured.',
  })
  detectionConfidence?: number;

  @Field(() => BoundingBoxType, { description: 'Where it stands.' })
  box!: BoundingBoxType;
}

@ObjectType('FrameResult', {
  description: 'What was seen and read on one sampled frame.',
  simpleResolvers: true,
})
export class FrameResultType implements FrameResult {
  @Field(() => Int, { description: 'Index of the frame in the video, from 0.' })
  frameIndex!: number;

  @Field(() => GraphQLSafeInt, { description: 'Presentation timestamp in milliseconds.' })
  timestampMs!: number;

  @Field(() => [DetectionType], { description: 'Objects, most confident first.' })
  detections!: DetectionType[];

  @Field(() => [TextLineType], { description: 'Lines of text, from top to bottom.' })
  texts!: TextLineType[];

  @Field(() => Int, {
    nullable: true,
    description:
      'Index of the earlier frame which this one looks like, and whose objects and texts these are; null when the frame ' +
      'was analysed itself.',
  })
  reusedFromFrame?: number;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether another scene begins here, as after a cut: no track goes on from the frame before to this one. Null in ' +
      'results from before cuts were looked for.',
  })
  sceneCut?: boolean;
}

@ObjectType('TrackPoint', {
  description: 'Where one object was seen at one time.',
  simpleResolvers: true,
})
export class TrackPointType implements TrackPoint {
  @Field(() => GraphQLSafeInt, { description: 'Presentation timestamp in milliseconds.' })
  timestampMs!: number;

  @Field(() => BoundingBoxType, { description: 'Where it stood.' })
  box!: BoundingBoxType;
}

@ObjectType('ObjectTrack', {
  description: 'One object followed over neighbouring sampled frames.',
  simpleResolvers: true,
})
export class ObjectTrackType implements ObjectTrack {
  @Field(() => Int, { description: 'Id within these results, from 1.' })
  trackId!: number;

  @Field(() => String, { description: 'What it is, by the model’s label.' })
  label!: string;

  @Field(() => GraphQLSafeInt, { description: 'When it was first seen, in milliseconds.' })
  firstSeenMs!: number;

  @Field(() => GraphQLSafeInt, { description: 'When it was last seen, in milliseconds.' })
  lastSeenMs!: number;

  @Field(() => Int, { description: 'Number of sampled frames it was seen on.' })
  sampleCount!: number;

  @Field(() => Float, { description: 'Best confidence, 0 to 1.' })
  bestConfidence!: number;

  @Field(() => Int, { description: 'Index of the frame of the best confidence.' })
  bestFrameIndex!: number;

  @Field(() => BoundingBoxType, { description: 'Where it stood on that frame.' })
  bestBox!: BoundingBoxType;

  @Field(() => [TrackPointType], {
    nullable: true,
    description:
      'Where it went, from the first sight to the last, in at most 64 points. Every point is a box that was detected; ' +
      'interpolate between them, linear in time. Every single box is among the detections of `frames`. Null in results ' +
      'from before there were paths.',
  })
  path?: TrackPointType[];
}

@ObjectType('TextSegment', {
  description: 'One text that stood in the picture over neighbouring sampled frames.',
  simpleResolvers: true,
})
export class TextSegmentType implements TextSegment {
  @Field(() => String, { description: 'What was read.' })
  text!: string;

  @Field(() => GraphQLSafeInt, { description: 'First sample that shows it, in milliseconds.' })
  startMs!: number;

  @Field(() => GraphQLSafeInt, { description: 'Last sample that shows it, in milliseconds.' })
  endMs!: number;

  @Field(() => Int, { description: 'Number of sampled frames it was read on.' })
  sampleCount!: number;

  @Field(() => Float, { description: 'Confidence of the best reading, 0 to 1.' })
  bestConfidence!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Detection: how sure it is that there was text in this place, whatever it says, 0 to 1; the mean over its lines. ' +
      'Null in results from before it was measured.',
  })
  detectionConfidence?: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Recognition: how sure it is of the text, 0 to 1; the mean over the readings that say just this. Null in results ' +
      'from before the two were told apart.',
  })
  recognitionConfidence?: number;

  @Field(() => BoundingBoxType, { description: 'Where the best reading stood.' })
  box!: BoundingBoxType;
}
