import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { SamplingMode } from '../jobs/sampling-modes.ts';
import type { LanguageData, Provenance } from '../results/results-document.ts';
import { SamplingModeEnum } from './enums.ts';

@ObjectType({ description: 'The detection model that ran.', simpleResolvers: true })
export class DetectionProvenance {
  @Field(() => String, { description: 'Name of the model.' })
  model!: string;

  @Field(() => String, { description: 'Version of the model.' })
  version!: string;

  @Field(() => String, { description: 'SHA-256 of the model’s files, hexadecimal.' })
  sha256!: string;

  @Field(() => String, { description: 'TensorFlow.js backend: tensorflow, wasm or cpu.' })
  backend!: string;

  @Field(() => Float, { description: 'Least confidence of an object, 0 to 1.' })
  minConfidence!: number;

  @Field(() => [String], {
    nullable: true,
    description:
      'The only labels that were wanted; empty for all. Null in results from before there was a choice: all.',
  })
  labels?: string[];
}

@ObjectType('LanguageData', {
  description: 'The data by which the text of one language was read.',
  simpleResolvers: true,
})
export class LanguageDataType implements LanguageData {
  @Field(() => String, { description: 'Tesseract code of the language.' })
  language!: string;

  @Field(() => String, { description: 'SHA-256 of its file, hexadecimal.' })
  sha256!: string;

  @Field(() => Boolean, {
    description: 'Whether it came with the product; false for a file of the operator’s.',
  })
  bundled!: boolean;
}

@ObjectType({ description: 'The text engine that ran.', simpleResolvers: true })
export class OcrProvenance {
  @Field(() => String, { description: 'Name of the engine.' })
  engine!: string;

  @Field(() => String, { description: 'Version of the engine.' })
  version!: string;

  @Field(() => [String], { description: 'Languages it read, the main one first, by their Tesseract codes.' })
  languages!: string[];

  @Field(() => [LanguageDataType], {
    nullable: true,
    description:
      'The data of each language, in their order. Null in results from before it was noted which was used.',
  })
  languageData?: LanguageDataType[];

  @Field(() => Float, { description: 'Least confidence of a line of text, 0 to 1.' })
  minConfidence!: number;
}

@ObjectType({ description: 'Which frames were looked at.', simpleResolvers: true })
export class SamplingProvenance {
  @Field(() => SamplingModeEnum, {
    nullable: true,
    description: 'How the frames were chosen. Null in results from before there was a choice: UNIFORM.',
  })
  mode?: SamplingMode;

  @Field(() => Float, { description: 'Frames looked at per second of video.' })
  samplesPerSecond!: number;

  @Field(() => Int, { description: 'How many frames were looked at.' })
  sampledFrames!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'Timestamp, in milliseconds, from which on frames were looked at. Null in results from before there was a ' +
      'choice: the beginning of the video.',
  })
  startMs?: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'Timestamp, in milliseconds, below which frames were looked at; null for the end of the video.',
  })
  endMs?: number | null;
}

@ObjectType({ description: 'Whether unchanged frames were analysed again.', simpleResolvers: true })
export class ReuseProvenance {
  @Field(() => Boolean, { description: 'Whether they got the results of the frame they look like instead.' })
  unchanged!: boolean;

  @Field(() => Int, {
    description: 'Difference of brightness, of 255, up to which a part of the picture counted as unchanged.',
  })
  threshold!: number;
}

@ObjectType({ description: 'Versions of the programs that made the results.', simpleResolvers: true })
export class ToolVersions {
  @Field(() => String, { description: 'Version of Foregsyte.' })
  foregsyte!: string;

  @Field(() => String, { description: 'Version of ffmpeg.' })
  ffmpeg!: string;
}

@ObjectType('Provenance', {
  description: 'What made the results: enough to make them again.',
  simpleResolvers: true,
})
export class ProvenanceType implements Provenance {
  @Field(() => DetectionProvenance, { description: 'The detection model.' })
  detection!: DetectionProvenance;

  @Field(() => OcrProvenance, { description: 'The text engine.' })
  ocr!: OcrProvenance;

  @Field(() => SamplingProvenance, { description: 'The choice of frames.' })
  sampling!: SamplingProvenance;

  @Field(() => ReuseProvenance, {
    nullable: true,
    description: 'The reuse of results. Null in results from before there was a choice: there was none.',
  })
  reuse?: ReuseProvenance;

  @Field(() => ToolVersions, { description: 'The programs.' })
  tools!: ToolVersions;
}
