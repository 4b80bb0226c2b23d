import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import {
  ANALYSIS_OPTIONS,
  type AnalysisOptions,
  describeAnalysisOption,
  type GivenAnalysisOptions,
} from '../jobs/analysis-options.ts';
import type { OcrLanguage } from '../jobs/ocr-languages.ts';

@InputType({ description: 'How to analyse the video. What is left out has a sensible value.' })
export class AnalysisOptionsInput implements GivenAnalysisOptions {
  @Field(() => Float, { nullable: true, description: describeAnalysisOption('samplesPerSecond') })
  samplesPerSecond?: number | null;

  @Field(() => Float, { nullable: true, description: describeAnalysisOption('minConfidence') })
  minConfidence?: number | null;

  @Field(() => Float, { nullable: true, description: describeAnalysisOption('minTextConfidence') })
  minTextConfidence?: number | null;

  @Field(() => Int, { nullable: true, description: describeAnalysisOption('startMs') })
  startMs?: number | null;

  @Field(() => Int, { nullable: true, description: describeAnalysisOption('endMs') })
  endMs?: number | null;

  @Field(() => String, { nullable: true, description: describeAnalysisOption('model') })
  model?: string | null;

  @Field(() => [String], { nullable: true, description: describeAnalysisOption('labels') })
  labels?: string[] | null;

  @Field(() => [String], { nullable: true, description: describeAnalysisOption('languages') })
  languages?: string[] | null;
}

@ObjectType('AnalysisOptions', {
  description: 'How a video is analysed, with the defaults filled in.',
  simpleResolvers: true,
})
export class AnalysisOptionsType implements AnalysisOptions {
  @Field(() => Float, { description: `${ANALYSIS_OPTIONS.samplesPerSecond.description}.` })
  samplesPerSecond!: number;

  @Field(() => Float, { description: `${ANALYSIS_OPTIONS.minConfidence.description}.` })
  minConfidence!: number;

  @Field(() => Float, { description: `${ANALYSIS_OPTIONS.minTextConfidence.description}.` })
  minTextConfidence!: number;

  @Field(() => Int, { description: `${ANALYSIS_OPTIONS.startMs.description}.` })
  startMs!: number;

  @Field(() => Int, {
    nullable: true,
    description: `${ANALYSIS_OPTIONS.endMs.description}.`,
  })
  endMs!: number | null;

  @Field(() => String, { nullable: true, description: `${ANALYSIS_OPTIONS.model.description}.` })
  model!: string | null;

  @Field(() => [String], { description: `${ANALYSIS_OPTIONS.labels.description}.` })
  labels!: string[];

  @Field(() => [String], {
    description: `${ANALYSIS_OPTIONS.languages.description}.`,
  })
  languages!: OcrLanguage[];
}
