import { describe, expect, it } from '@jest/globals';
import { compareDocumented, compareQueries } from '../../../ci/metrics/compare-metrics.ts';
import { parseQuery } from '../../../ci/metrics/parse-query.ts';
import { parseScrapes } from '../../../ci/metrics/parse-scrape.ts';

const scraped = parseScrapes([
  `# HELP a_total A.
# TYPE a_total counter
a_total{code="O\\"K, }",operation="x"} 1
`,
  `# TYPE b_seconds histogram
b_seconds_bucket{le="0.1",stage="x"} 0
b_seconds_count{stage="x"} 1
`,
]);
const complaintsAbout = (expression: string) => compareQueries([{ where: 'here', expression }], scraped);

describe('a query', () => {
  it.each([
    'sum by (code) (rate(a_total{operation!="y"}[$__rate_interval])) / on(instance) vector(1)',
    'histogram_quantile(0.9, sum by (le, stage) (rate(b_seconds_bucket[5m])))',
  ])('that finds its metrics is fine: %s', (expression) => {
    expect(complaintsAbout(expression)).toEqual([]);
  });

  it.each([
    ['absent(rate(c_total[5m]))', 'nothing exports c_total'],
    ['b_seconds > 1', 'nothing exports b_seconds'],
    ['a_total{stage="x"}', 'a_total has no label stage'],
    ['sum by (role) (a_total)', 'none of its metrics has the label role'],
  ])('%s: %s', (expression, complaint) => {
    expect(complaintsAbout(expression)).toEqual([expect.stringContaining(complaint)]);
  });

  it.each(['sum(rate(a_total[5m])', '{__name__="a_total"}'])('%s is refused', (expression) => {
    expect(() => parseQuery(expression)).toThrow();
  });
});

it('a table that differs from what is exported is told of', () => {
  const rows = [
    { name: 'a_total', type: 'gauge', labels: ['code'] },
    { name: 'c', type: 'gauge', labels: [] },
  ];
  expect(compareDocumented(rows, scraped)).toEqual([
    'docs/metrics.md calls a_total a gauge; it is a counter.',
    'docs/metrics.md does not have the label operation of a_total.',
    'docs/metrics.md has no row for b_seconds.',
    'docs/metrics.md has c, which nothing exports.',
  ]);
});
