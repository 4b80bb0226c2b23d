import { expect, it } from '@jest/globals';
import { formatSummary } from '../../../src/cli/print-summary.ts';
import { sampleResults } from '../../helpers/sample-results.ts';

const { media, models: made, timing, labels } = sampleResults(3);
/** As GraphQL answers, which has names of its own for the modes. */
const modelsSampled = (mode: 'UNIFORM' | 'ADAPTIVE' | 'ALL' | null) => ({
  ...made,
  sampling: { ...made.sampling, mode },
});
const models = modelsSampled('UNIFORM');
const summary = { media, models, timing, labels, textSegments: { totalCount: 0, nodes: [] } };

it('prints each warning in a line of its own, above everything else, and none where there is none', () => {
  const warnings = [{ message: 'The video breaks off early.' }, { message: 'Parts of it are damaged.' }];
  const lines = formatSummary({ ...summary, warnings }).split('\n');
  expect(lines.slice(0, 2)).toEqual([
    'Warning: The video breaks off early.',
    'Warning: Parts of it are damaged.',
  ]);
  expect(formatSummary({ ...summary, warnings: [] })).not.toContain('Warning');
});

it.each([
  [null, / frames, \d+ a second /],
  ['UNIFORM', / frames, \d+ a second /],
  ['ADAPTIVE', / frames, \d+ a second and at changes /],
  ['ALL', / frames, all there are /],
] as const)('tells how the frames were chosen: %s', (mode, expected) => {
  expect(formatSummary({ ...summary, models: modelsSampled(mode), warnings: [] })).toMatch(expected);
});

it('tells of each text how surely it was read, and how surely it was found, unless that was not measured', () => {
  const segment = { text: 'EXIT', startMs: 0, endMs: 1000, bestConfidence: 0.87 };
  const textSegments = {
    totalCount: 2,
    nodes: [
      { ...segment, detectionConfidence: 0.42 },
      { ...segment, detectionConfidence: null },
    ],
  };
  const printed = formatSummary({ ...summary, warnings: [], textSegments });
  expect(printed).toMatch(/EXIT .* 87 % .* 42 % /);
  expect(printed).toMatch(/EXIT .* 87 % .* unknown /);
});
