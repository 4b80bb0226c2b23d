import { ANALYSIS_DEFAULTS, type AnalysisOptionName } from './analysis-options.ts';
import { MAX_MODEL_NAME } from './model-name.ts';

/** One option as clients are told about it. */
export interface AnalysisOptionDescription {
  name: AnalysisOptionName;
  /** What it is for, in words without a full stop. */
  description: string;
  /** Its type in GraphQL's notation. */
  type: 'Float' | 'Int' | 'Boolean' | 'String' | 'SamplingMode' | '[String!]';
  /** The value it has when it is not given, as JSON. */
  default: string;
  /** Limits of the value, both allowed; of a text its length, of a list the number of its entries; null for none. */
  min: number | null;
  max: number | null;
}

/** Options whose value, or whose number of entries, has limits. */
export type LimitedOptionName = Exclude<AnalysisOptionName, 'sampling' | 'reuseUnchanged'>;

/** Longest label that can be asked for. */
export const MAX_LABEL_CHARACTERS = 64;

const WEEK_MS = 7 * 86_400 * 1_000;

/** Every option with its meaning, default and limits: what is checked and published about them stands here alone. */
export const ANALYSIS_OPTIONS: Readonly<
  Record<Exclude<AnalysisOptionName, LimitedOptionName>, AnalysisOptionDescription> &
    Record<LimitedOptionName, AnalysisOptionDescription & { min: number; max: number }>
> = {
  samplesPerSecond: describe('samplesPerSecond', 'Float', 0.01, 60, 'Frames looked at per second of video'),
  sampling: describeUnlimited(
    'sampling',
    'SamplingMode',
    'How the frames that are looked at are chosen: so many a second, also those around visible changes, or all',
  ),
  minConfidence: describe('minConfidence', 'Float', 0.05, 1, 'Least confidence of an object'),
  minTextConfidence: describe(
    'minTextConfidence',
    'Float',
    0,
    1,
    'Least confidence of a line of text; one with under 7 letters and digits needs 0.8 at least, under 4 it needs 0.85, ' +
      'and a text that is read once needs 0.75 to become a segment',
  ),
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
    'Languages of the text, the main one first and each once, by their Tesseract codes; `pipelines` lists those there are',
  ),
  reuseUnchanged: describeUnlimited(
    'reuseUnchanged',
    'Boolean',
    'Whether frames that show what an earlier one showed get its results instead of being analysed again',
  ),
  reuseThreshold: describe(
    'reuseThreshold',
    'Int',
    0,
    255,
    'Difference of brightness, of 255, up to which a part of the picture counts as unchanged',
  ),
};

/** What the limits of an option count. */
const UNITS: Readonly<Partial<Record<AnalysisOptionDescription['type'], string>>> = {
  String: ' characters',
  '[String!]': ' entries',
};

/** One line on an option for the reader of a schema: its meaning, limits and default. */
export function describeAnalysisOption(name: AnalysisOptionName): string {
  const { description, type, min, max, default: preset } = ANALYSIS_OPTIONS[name];
  if (type === 'SamplingMode')
    return `${description} (${preset.replaceAll('"', '').toUpperCase()} when not given).`;
  if (min === null) return `${description} (${preset} when not given).`;
  const unit = UNITS[type] ?? '';
  return `${description} (${min} to ${max}${unit}, ${preset} when not given).`;
}

function describeUnlimited(
  name: AnalysisOptionName,
  type: AnalysisOptionDescription['type'],
  description: string,
): AnalysisOptionDescription {
  const preset = JSON.stringify(ANALYSIS_DEFAULTS[name]);
  return { name, description, type, default: preset, min: null, max: null };
}

function describe(
  name: LimitedOptionName,
  type: AnalysisOptionDescription['type'],
  min: number,
  max: number,
  description: string,
): AnalysisOptionDescription & { min: number; max: number } {
  return { name, description, type, default: JSON.stringify(ANALYSIS_DEFAULTS[name]), min, max };
}
