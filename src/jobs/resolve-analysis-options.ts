import { AppError } from '../errors.ts';
import {
  ANALYSIS_OPTIONS,
  type LimitedOptionName,
  MAX_LABEL_CHARACTERS,
} from './analysis-option-descriptions.ts';
import { ANALYSIS_DEFAULTS, type AnalysisOptionName, type AnalysisOptions } from './analysis-options.ts';
import { MAX_MODEL_NAME, MODEL_NAME, MODEL_NAME_RULE } from './model-name.ts';
import { BUNDLED_LANGUAGES, type OcrLanguage } from './ocr-languages.ts';

/** Options as a client gives them: what is missing or null gets its default. */
export type GivenAnalysisOptions = {
  [Name in AnalysisOptionName]?:
    | (AnalysisOptions[Name] extends readonly string[] ? readonly string[] : AnalysisOptions[Name])
    | null
    | undefined;
};

/**
 * Fills in the defaults and checks the limits, and that the languages are among the `known` ones. A label that is given
 * twice counts once.
 * @throws AppError INVALID_ARGUMENT naming the option, or the entry of a list, and its limits.
 */
export function resolveAnalysisOptions(
  given: GivenAnalysisOptions,
  known: readonly OcrLanguage[] = BUNDLED_LANGUAGES,
): AnalysisOptions {
  const startMs = checkNumber('startMs', given.startMs ?? ANALYSIS_DEFAULTS.startMs);
  const endMs = given.endMs ?? ANALYSIS_DEFAULTS.endMs;
  if (endMs !== null && checkNumber('endMs', endMs) <= startMs) {
    throw refused('endMs', `must be greater than options.startMs, which is ${startMs}`, {
      min: startMs + 1,
      max: ANALYSIS_OPTIONS.endMs.max,
    });
  }
  const labels = given.labels ?? ANALYSIS_DEFAULTS.labels;
  const languages = given.languages ?? ANALYSIS_DEFAULTS.languages;
  return {
    sampling: given.sampling ?? ANALYSIS_DEFAULTS.sampling,
    samplesPerSecond: checkNumber(
      'samplesPerSecond',
      given.samplesPerSecond ?? ANALYSIS_DEFAULTS.samplesPerSecond,
    ),
    minConfidence: checkNumber('minConfidence', given.minConfidence ?? ANALYSIS_DEFAULTS.minConfidence),
    minTextConfidence: checkNumber(
      'minTextConfidence',
      given.minTextConfidence ?? ANALYSIS_DEFAULTS.minTextConfidence,
    ),
    startMs,
    endMs,
    model: checkModel(given.model ?? ANALYSIS_DEFAULTS.model),
    labels: [...new Set(checkCount('labels', labels).map(checkLabel))],
    languages: checkLanguages(checkCount('languages', languages), known),
    reuseUnchanged: given.reuseUnchanged ?? ANALYSIS_DEFAULTS.reuseUnchanged,
    reuseThreshold: checkNumber('reuseThreshold', given.reuseThreshold ?? ANALYSIS_DEFAULTS.reuseThreshold),
  };
}

function checkNumber(name: LimitedOptionName, value: number): number {
  const { min, max, type } = ANALYSIS_OPTIONS[name];
  // Written so that NaN is refused too.
  if (value >= min && value <= max && (type !== 'Int' || Number.isInteger(value))) return value;
  throw refused(name, `must be ${type === 'Int' ? 'a whole number ' : ''}from ${min} to ${max}`, {
    min,
    max,
  });
}

function checkCount(name: LimitedOptionName, list: readonly string[]): readonly string[] {
  const { min, max } = ANALYSIS_OPTIONS[name];
  if (list.length >= min && list.length <= max) return list;
  throw refused(name, `must have ${min} to ${max} entries`, { min, max });
}

function checkModel(name: string | null): string | null {
  if (name === null || MODEL_NAME.test(name)) return name;
  throw refused('model', MODEL_NAME_RULE, { min: 1, max: MAX_MODEL_NAME });
}

function checkLabel(label: string, index: number): string {
  // Postgres stores neither NUL nor half a surrogate pair, and no model has such a label.
  const isText = label.isWellFormed() && !label.includes('\0');
  if (isText && label.length >= 1 && label.length <= MAX_LABEL_CHARACTERS) return label;
  throw refused(`labels[${index}]`, `must be a text of 1 to ${MAX_LABEL_CHARACTERS} characters`, {
    min: 1,
    max: MAX_LABEL_CHARACTERS,
  });
}

function checkLanguages(codes: readonly string[], known: readonly OcrLanguage[]): OcrLanguage[] {
  const { min, max } = ANALYSIS_OPTIONS.languages;
  for (const [index, code] of codes.entries()) {
    if (!known.includes(code)) {
      throw refused(`languages[${index}]`, `must be one of ${known.join(', ')}`, { min, max });
    }
    if (codes.indexOf(code) === index) continue;
    throw refused(`languages[${index}]`, `must not repeat ${code}, which stands there already`, {
      min,
      max,
    });
  }
  return [...codes];
}

function refused(argument: string, rule: string, limits: { min: number; max: number }): AppError {
  return new AppError('INVALID_ARGUMENT', `options.${argument} ${rule}.`, {
    details: { argument: `options.${argument}`, ...limits },
  });
}
