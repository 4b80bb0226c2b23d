import { describe, expect, it } from '@jest/globals';
import { ANALYSIS_OPTIONS, describeAnalysisOption } from '../../../src/jobs/analysis-option-descriptions.ts';
import { ANALYSIS_DEFAULTS, completeStoredOptions } from '../../../src/jobs/analysis-options.ts';
import {
  type GivenAnalysisOptions,
  resolveAnalysisOptions,
} from '../../../src/jobs/resolve-analysis-options.ts';

const WEEK_MS = 604_800_000;
const labels = (count: number): string[] => Array.from({ length: count }, (_, index) => `label ${index}`);

describe('resolveAnalysisOptions', () => {
  it('fills in the defaults, also for null', () => {
    expect(resolveAnalysisOptions({})).toEqual({
      sampling: 'uniform',
      samplesPerSecond: 1,
      minConfidence: 0.5,
      minTextConfidence: 0.6,
      startMs: 0,
      endMs: null,
      model: null,
      labels: [],
      languages: ['eng'],
      reuseUnchanged: true,
      reuseThreshold: 20,
    });
    const nothing = { samplesPerSecond: null, startMs: null, endMs: null, labels: null, languages: null };
    expect(resolveAnalysisOptions(nothing)).toEqual(ANALYSIS_DEFAULTS);
  });

  it('keeps what is given: the order of languages, and each label once', () => {
    const given = { startMs: 5, endMs: 6, labels: ['dog', 'cat', 'dog'], languages: ['spa', 'eng'] };
    expect(resolveAnalysisOptions(given)).toMatchObject({ ...given, labels: ['dog', 'cat'] });
  });

  it.each<[string, GivenAnalysisOptions]>([
    ['the outermost values', { startMs: WEEK_MS - 1, endMs: WEEK_MS, samplesPerSecond: 60 }],
    ['a hundred labels', { labels: labels(100) }],
    ['labels of 1 and 64 characters', { labels: ['x', 'ä'.repeat(64)] }],
    ['a name of a model', { model: 'yolov8n-coco_1.0' }],
    ['all languages', { languages: ['fra', 'deu', 'spa', 'eng'] }],
    ['every frame, each analysed', { sampling: 'all', reuseUnchanged: false, reuseThreshold: 255 }],
  ])('accepts %s', (_name, given) => {
    expect(resolveAnalysisOptions(given)).toMatchObject(given);
  });

  it.each<[GivenAnalysisOptions, string, number, number]>([
    [{ samplesPerSecond: 61 }, 'samplesPerSecond', 0.01, 60],
    [{ minConfidence: Number.NaN }, 'minConfidence', 0.05, 1],
    [{ minTextConfidence: -0.1 }, 'minTextConfidence', 0, 1],
    [{ startMs: -1 }, 'startMs', 0, WEEK_MS],
    [{ startMs: 0.5 }, 'startMs', 0, WEEK_MS],
    [{ startMs: WEEK_MS + 1 }, 'startMs', 0, WEEK_MS],
    [{ endMs: 0 }, 'endMs', 1, WEEK_MS],
    [{ endMs: 1.5 }, 'endMs', 1, WEEK_MS],
    [{ endMs: WEEK_MS + 1 }, 'endMs', 1, WEEK_MS],
    [{ startMs: 500, endMs: 500 }, 'endMs', 501, WEEK_MS],
    [{ model: '../models' }, 'model', 1, 64],
    [{ model: '' }, 'model', 1, 64],
    [{ model: 'x'.repeat(65) }, 'model', 1, 64],
    [{ labels: labels(101) }, 'labels', 0, 100],
    [{ labels: ['dog', ''] }, 'labels[1]', 1, 64],
    [{ labels: ['x'.repeat(65)] }, 'labels[0]', 1, 64],
    [{ labels: ['dog', 'cat', 'a\0b'] }, 'labels[2]', 1, 64],
    [{ labels: ['\uD800'] }, 'labels[0]', 1, 64],
    [{ reuseThreshold: 256 }, 'reuseThreshold', 0, 255],
    [{ reuseThreshold: 1.5 }, 'reuseThreshold', 0, 255],
    [{ languages: [] }, 'languages', 1, 4],
    [{ languages: ['eng', 'deu', 'fra', 'spa', 'ita'] }, 'languages', 1, 4],
    [{ languages: ['eng', 'ita'] }, 'languages[1]', 1, 4],
    [{ languages: ['deu', 'eng', 'deu'] }, 'languages[2]', 1, 4],
  ])('refuses %j, naming %s', (given, name, min, max) => {
    expect(() => resolveAnalysisOptions(given)).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(`options.${name} must `),
        details: { argument: `options.${name}`, min, max },
      }),
    );
  });

  it('takes the languages that are known, and no other', () => {
    const known = ['eng', 'chi_sim'];
    const resolve = (languages: string[]) => resolveAnalysisOptions({ languages }, known);
    expect(resolve(['chi_sim', 'eng'])).toMatchObject({ languages: ['chi_sim', 'eng'] });
    for (const code of ['deu', '../eng', 'eng+chi_sim', '']) {
      expect(() => resolve([code])).toThrow('options.languages[0] must be one of eng, chi_sim.');
    }
  });

  it('says which languages there are', () => {
    expect(() => resolveAnalysisOptions({ languages: ['xyz'] })).toThrow('eng, deu, fra, spa');
  });
});

describe('completeStoredOptions', () => {
  it('gives the row of an older job the defaults, and leaves the rest', () => {
    const stored = { samplesPerSecond: 3, minConfidence: 0.1, minTextConfidence: 0.2 };
    expect(completeStoredOptions(stored)).toEqual({ ...ANALYSIS_DEFAULTS, ...stored });
  });
});

describe('ANALYSIS_OPTIONS', () => {
  it('describes every option, with its default as JSON', () => {
    for (const [name, value] of Object.entries(ANALYSIS_DEFAULTS)) {
      expect(Object.values(ANALYSIS_OPTIONS)).toContainEqual(
        expect.objectContaining({ name, default: JSON.stringify(value) }),
      );
    }
    expect(Object.keys(ANALYSIS_OPTIONS)).toEqual(Object.keys(ANALYSIS_DEFAULTS));
  });

  it('is what the schema says', () => {
    expect(describeAnalysisOption('minConfidence')).toBe(
      'Least confidence of an object (0.05 to 1, 0.5 when not given).',
    );
    expect(describeAnalysisOption('sampling')).toMatch(/, or all \(UNIFORM when not given\)\.$/);
    expect(describeAnalysisOption('reuseUnchanged')).toMatch(/again \(true when not given\)\.$/);
    expect(describeAnalysisOption('labels')).toMatch(
      /an empty list for all \(0 to 100 entries, \[\] when not given\)\.$/,
    );
  });
});
