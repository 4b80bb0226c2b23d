import { Field, Float, InputType } from 'type-graphql';
import { ANALYSIS_OPTION_LIMITS, type AnalysisOptions, type OptionLimits } from '../jobs/analysis-options.ts';

const limitsOf = ({ min, max, default: preset }: OptionLimits) =>
  `${min} to ${max}, ${preset} when not given`;

@InputType({ description: 'How to analyse the video. What is left out has a sensible value.' })
export class AnalysisOptionsInput implements Partial<Record<keyof AnalysisOptions, number | null>> {
  @Field(() => Float, {
    nullable: true,
    description: `Frames looked at per second of video: ${limitsOf(ANALYSIS_OPTION_LIMITS.samplesPerSecond)}.`,
  })
  samplesPerSecond?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: `Least confidence of an object: ${limitsOf(ANALYSIS_OPTION_LIMITS.minConfidence)}.`,
  })
  minConfidence?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: `Least confidence of a line of text: ${limitsOf(ANALYSIS_OPTION_LIMITS.minTextConfidence)}.`,
  })
  minTextConfidence?: number | null;
}
