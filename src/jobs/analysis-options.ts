import { AppError } from '../errors.ts';
import { MAX_MODEL_NAME, MODEL_NAME, MODEL_NAME_RULE } from './model-name.ts';
import { OCR_LANGUAGES, type OcrLanguage } from './ocr-languages.ts';

/** How a video is to be analysed. Stored with the job and repeated in its results. */
export interface AnalysisOptions {
  /** Frames looked at per second of video. */
  samplesPerSecond: number;
  /** Least confidence of an object, 0..1. */
  minConfidence: number;
  /** Least confidence of a line of text, 0..1. */
  minTextConfidence: number;
  /** Only frames with timestamps from here on, in integer milliseconds. */
  startMs: number;
  /** Only frames with timestamps below this, in integer milliseconds; null for the end of the video. */
  endMs: number | null;
  /** Name of the detection model; null for the default one of the worker. */
  model: string | null;
  /** Only objects with these labels of the detection model, each once; empty for all. */
  labels: string[];
  /** Languages the text is in, each once, the main one first. */
  languages: OcrLanguage[];
}

/** The name of an option, as clients give it. */
export type AnalysisOptionName = keyof AnalysisOptions;

/** What each option is when the client does not say. */
export const ANALYSIS_DEFAULTS: Readonly<AnalysisOptions> = {
  samplesPerSecond: 1,
  minConfidence: 0.5,
  minTextConfidence: 0.6,
  startMs: 0,
  endMs: null,
  model: null,
  labels: [],
  languages: ['eng'],
};

/** One option as clients are told about it. */
export interface AnalysisOptionDescription {
  name: AnalysisOptionName;
  /** What it is for, in words without a full stop. */
  description: string;
  /** Its type in GraphQL's notation. */
  type: 'Float' | 'Int' | 'String' | '[String!]';
  /** The value it has when it is not given, as JSON. */
  default: string;
  /** Limits of the value, both allowed; of a text its length, of a list the number of its entries. */
  min: number;
  max: number;
}

const MAX_LABEL_CHARACTERS = 64;

const WEEK_MS = 7 * 86_400 * 1_000;

/** Every option with its meaning, default and limits: what is checked and published about them stands here alone. */
export const ANALYSIS_OPTIONS: Readonly<Record<AnalysisOptionName, AnalysisOptionDescription>> = {
  samplesPerSecond: describe('samplesPerSecond', 'Float', 0.01, 60, 'Frames looked at per second of video'),
  minConfidence: describe('minConfidence', 'Float', 0.05, 1, 'Least confidence of an object'),
  minTextConfidence: describe('minTextConfidence', 'Float', 0, 1, 'Least confidence of a line of text'),
  startMs: describe(
    'startMs',
    'Int',
    0,
    WEEK_MS,
    'Timestamp, in milliseconds, from which on frames are looked at',
  ),
  endMs: describe(
    'endMs',
    'Int',
    1,
    WEEK_MS,
    'Timestamp, in milliseconds, below which frames are looked at: greater than startMs, null for the end of the video',
  ),
  model: describe(
    'model',
    'String',
    1,
    MAX_MODEL_NAME,
    'Name of the detection model, which the worker must have; null for the default one of the worker',
  ),
  labels: describe(
    'labels',
    '[String!]',
    0,
    100,
    `Labels of the objects that are wanted, each of 1 to ${MAX_LABEL_CHARACTERS} characters; an empty list for all`,
  ),
  languages: describe(
    'languages',
    '[String!]',
    1,
    4,
    `Languages of the text, the main one first and each once, by their Tesseract codes: ${OCR_LANGUAGES.join(', ')}`,
  ),
};

/** The options as stored with a job, with the defaults of those that did not exist yet when it was submitted. */
export function completeStoredOptions(stored: Partial<AnalysisOptions>): AnalysisOptions {
  return { ...ANALYSIS_DEFAULTS, ...stored };
}

/** Options as a client gives them: what is missing or null gets its default. */
export type GivenAnalysisOptions = {
  [Name in AnalysisOptionName]?:
    | (AnalysisOptions[Name] extends readonly string[] ? readonly string[] : AnalysisOptions[Name])
    | null
    | undefined;
};

/**
 * Fills in the defaults and checks the limits. A label that is given twice counts once.
 * @throws AppError INVALID_ARGUMENT naming the option, or the entry of a list, and its limits.
 */
export function resolveAnalysisOptions(given: GivenAnalysisOptions): AnalysisOptions {
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
    languages: checkCount('languages', languages).map(checkLanguage),
  };
}

function checkNumber(name: AnalysisOptionName, value: number): number {
  const { min, max, type } = ANALYSIS_OPTIONS[name];
  // Written so that NaN is refused too.
  if (value >= min && value <= max && (type !== 'Int' || Number.isInteger(value))) return value;
  throw refused(name, `must be ${type === 'Int' ? 'a whole number ' : ''}from ${min} to ${max}`, {
    min,
    max,
  });
}

function checkCount(name: AnalysisOptionName, list: readonly string[]): readonly string[] {
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

function checkLanguage(code: string, index: number, all: readonly string[]): OcrLanguage {
  const { min, max } = ANALYSIS_OPTIONS.languages;
  const language = OCR_LANGUAGES.find((known) => known === code);
  if (language === undefined) {
    throw refused(`languages[${index}]`, `must be one of ${OCR_LANGUAGES.join(', ')}`, { min, max });
  }
  if (all.indexOf(code) === index) return language;
  throw refused(`languages[${index}]`, `must not repeat ${language}, which stands there already`, {
    min,
    max,
  });
}

function refused(argument: string, rule: string, limits: { min: number; max: number }): AppError {
  return new AppError('INVALID_ARGUMENT', `options.${argument} ${rule}.`, {
    details: { argument: `options.${argument}`, ...limits },
  });
}

/** What the limits of an option count. */
const UNITS: Readonly<Partial<Record<AnalysisOptionDescription['type'], string>>> = {
  String: ' characters',
  '[String!]': ' entries',
};

/** One line on an option for the reader of a schema: its meaning, limits and default. */
export function describeAnalysisOption(name: AnalysisOptionName): string {
  const { description, type, min, max, default: preset } = ANALYSIS_OPTIONS[name];
  const unit = UNITS[type] ?? '';
  return `${description} (${min} to ${max}${unit}, ${preset} when not given).`;
}

function describe(
  name: AnalysisOptionName,
  type: AnalysisOptionDescription['type'],
  min: number,
  max: number,
  description: string,
): AnalysisOptionDescription {
  return { name, description, type, default: JSON.stringify(ANALYSIS_DEFAULTS[name]), min, max };
}
