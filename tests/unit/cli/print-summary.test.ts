import { expect, it } from '@jest/globals';
import { formatSummary } from '../../../src/cli/print-summary.ts';
import { sampleResults } from '../../helpers/sample-results.ts';

const { media, models, timing, labels } = sampleResults(3);
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
