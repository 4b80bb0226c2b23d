import { AppError } from '../errors.ts';

/** How a video is to be analysed. Stored with the job and repeated in its results. */
export interface AnalysisOptions {
  /** Frames looked at per second of video. */
  samplesPerSecond: number;
  /** Least confidence of an object, 0..1. */
  minConfidence: number;
  /** Least confidence of a line of text, 0..1. */
  minTextConfidence: number;
}

/** Limits and default of one option. */
export interface OptionLimits {
  min: number;
  max: number;
  default: number;
}

/** What each option may be, and is when the client does not say. */
export const ANALYSIS_OPTION_LIMITS: Readonly<Record<keyof AnalysisOptions, OptionLimits>> = {
  samplesPerSecond: { min: 0.01, max: 60, default: 1 },
  minConfidence: { min: 0.05, max: 1, default: 0.5 },
  minTextConfidence: { min: 0, max: 1, default: 0.6 },
};

/**
 * Fills in the defaults and checks the limits.
 * @throws AppError INVALID_ARGUMENT naming the option and its limits.
 */
export function resolveAnalysisOptions(given: {
  [K in keyof AnalysisOptions]?: number | null | undefined;
}): AnalysisOptions {
  const resolve = (name: keyof AnalysisOptions): number => {
    const limits = ANALYSIS_OPTION_LIMITS[name];
    const value = given[name] ?? limits.default;
    // Written so that NaN is refused too.
    if (value >= limits.min && value <= limits.max) return value;
    throw new AppError('INVALID_ARGUMENT', `options.${name} must be from ${limits.min} to ${limits.max}.`, {
      details: { argument: `options.${name}`, min: limits.min, max: limits.max },
    });
  };
  return {
    samplesPerSecond: resolve('samplesPerSecond'),
    minConfidence: resolve('minConfidence'),
    minTextConfidence: resolve('minTextConfidence'),
  };
}
