import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { ANALYSIS_OPTIONS, describeAnalysisOption } from '../jobs/analysis-option-descriptions.ts';
import { type AnalysisOptions } from '../jobs/analysis-options.ts';
import { type GivenAnalysisOptions } from '../jobs/resolve-analysis-options.ts';
import type { OcrLanguage } from '../jobs/ocr-languages.ts';
import type { SamplingMode } from '../jobs/sampling-modes.ts';
import { SamplingModeEnum } from './enums.ts';

@InputType({ description: 'How to analyse the video. What is left out has a sensible value.' })
export class AnalysisOptionsInput implements GivenAnalysisOptions {
  @Field(() => SamplingModeEnum, { nullable: true, description: describeAnalysisOption('sampling') })
  sampling?: SamplingMode | null;

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

  @Field(() => Boolean, { nullable: true, description: describeAnalysisOption('reuseUnchanged') })
  reuseUnchanged?: boolean | null;

  @Field(() => Int, { nullable: true, description: describeAnalysisOption('reuseThreshold') })
  reuseThreshold?: number | null;
}

@ObjectType('AnalysisOptions', {
  description: 'How a video is analysed, with the defaults filled in.',
  simpleResolvers: true,
})
export class AnalysisOptionsType implements AnalysisOptions {
  @Field(() => SamplingModeEnum, { description: `${ANALYSIS_OPTIONS.sampling.description}.` })
  sampling!: SamplingMode;

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

  @Field(() => Boolean, { description: `${ANALYSIS_OPTIONS.reuseUnchanged.description}.` })
  reuseUnchanged!: boolean;

  @Field(() => Int, { description: `${ANALYSIS_OPTIONS.reuseThreshold.description}.` })
  reuseThreshold!: number;
}
