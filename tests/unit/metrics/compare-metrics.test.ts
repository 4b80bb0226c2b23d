import { describe, expect, it } from '@jest/globals';
import { compareDocumented, compareQueries } from '../../../ci/metrics/compare-metrics.ts';
import { parseQuery } from '../../../ci/metrics/parse-query.ts';
import { parseScrapes } from '../../../ci/metrics/parse-scrape.ts';

const INFO = `# TYPE foregsyte_process_info gauge
foregsyte_process_info{role="ROLE"} 1
`;
const scraped = parseScrapes({
  api: `# HELP a_total A.
# TYPE a_total counter
a_total{code="OK",operation="x\\"y, }"} 1
# TYPE foregsyte_requests_total counter
foregsyte_requests_total{code="OK"} 1
# TYPE jobs gauge
jobs{state="waiting"} 0
jobs{state="dead"} 0
# TYPE queue gauge
queue{state="delayed"} 0
# TYPE foregsyte_nodejs_active_requests gauge
${INFO.replace('ROLE', 'api')}`,
  worker: `# TYPE b_seconds histogram
b_seconds_bucket{le="0.1",stage="x",outcome="lost",engine="ocr"} 0
b_seconds_count{stage="x",outcome="lost",engine="ocr"} 1
# TYPE foregsyte_inferences_total counter
foregsyte_inferences_total{engine="ocr"} 1
foregsyte_inferences_total{engine="detection"} 1
${INFO.replace('ROLE', 'worker')}`,
});
const complaintsAbout = (expression: string) => compareQueries([{ where: 'here', expression }], scraped);

describe('a query', () => {
  it.each([
    'sum by (code) (rate(a_total{operation!="y"}[$__rate_interval])) / on(instance) vector(1)',
    'histogram_quantile(0.9, sum by (le, stage) (rate(b_seconds_bucket[5m])))',
    'jobs{state="waiting"} or jobs{state=~"waiting|dead"} or jobs{"state"=~\'(dead)\', state!=""}',
    'foregsyte_process_info{role="api"} unless on (instance, job) foregsyte_process_info{role="worker"}',
    'b_seconds_count{outcome=~"put_back|failed", engine="detection"}',
    'a_total{code=~"VIDEO_.*|4..", code!="WORKER_STOPPED"}',
    'foregsyte_requests_total{code=~"5xx|ABORTED|GRAPHQL_PARSE_FAILED|INTERNAL_SERVER_ERROR"}',
  ])('that finds its metrics is fine: %s', (expression) => {
    expect(complaintsAbout(expression)).toEqual([]);
  });

  it.each([
    ['absent(rate(c_total[5m]))', 'nothing exports c_total'],
    ['b_seconds > 1', 'nothing exports b_seconds'],
    ['a_total{stage="x"}', 'a_total has no label stage'],
    ['a_total{"stage"="x"}', 'a_total has no label stage'],
    ['a_total{le="1"}', 'a_total has no label le'],
    ['sum by (role) (a_total)', 'none of its metrics has the label role'],
    ['sum by ("role") (a_total)', 'none of its metrics has the label role'],
    ['jobs{state="wating"}', 'the label state of jobs is never "wating"'],
    ['jobs{"state"=\'wating\'}', 'the label state of jobs is never "wating"'],
    ['jobs{state="delayed"}', 'the label state of jobs is never "delayed"'],
    ['jobs{state!="ded"}', 'the label state of jobs is never "ded"'],
    ['jobs{state=~"waiting|ded"}', 'the label state of jobs is never "ded"'],
    ['jobs{state!~`(waiting|ded)`}', 'the label state of jobs is never "ded"'],
    ['foregsyte_process_info{role="wroker"}', 'the label role of foregsyte_process_info is never "wroker"'],
    ['b_seconds_count{stage="y"}', 'the label stage of b_seconds_count is never "y"'],
    ['b_seconds_count{engine="orc"}', 'the label engine of b_seconds_count is never "orc"'],
    ['b_seconds_count{outcome="put-back"}', 'the label outcome of b_seconds_count is never "put-back"'],
    ['a_total{code="VIDEO_TO_LONG"}', 'the label code of a_total is never "VIDEO_TO_LONG"'],
    ['a_total{code="5xx"}', 'the label code of a_total is never "5xx"'],
    ['foregsyte_requests_total{code="6xx"}', 'the label code of foregsyte_requests_total is never "6xx"'],
  ])('%s: %s', (expression, complaint) => {
    expect(complaintsAbout(expression)).toEqual([expect.stringContaining(`here: ${complaint}`)]);
  });

  it.each(['sum(rate(a_total[5m])', '{__name__="a_total"}'])('%s is refused', (expression) => {
    expect(() => parseQuery(expression)).toThrow();
  });
});

describe('a table', () => {
  const rows = [
    { name: 'a_total', type: 'counter', labels: ['code', 'operation'], from: 'API' },
    { name: 'foregsyte_requests_total', type: 'counter', labels: ['code'], from: 'API' },
    { name: 'jobs', type: 'gauge', labels: ['state'], from: 'API' },
    { name: 'queue', type: 'gauge', labels: ['state'], from: 'API' },
    { name: 'foregsyte_nodejs_active_requests', type: 'gauge', labels: ['type'], from: 'API' },
    { name: 'foregsyte_process_info', type: 'gauge', labels: ['role'], from: 'both' },
    { name: 'b_seconds', type: 'histogram', labels: ['stage', 'outcome', 'engine'], from: 'worker' },
    { name: 'foregsyte_inferences_total', type: 'counter', labels: ['engine'], from: 'worker' },
  ];
  const complaintsWith = (name: string, other: Partial<(typeof rows)[number]>) =>
    compareDocumented(
      rows.map((row) => (row.name === name ? { ...row, ...other } : row)),
      scraped,
    );

  it('of what is exported is fine', () => {
    expect(compareDocumented(rows, scraped)).toEqual([]);
  });

  it.each([
    ['a_total', { type: 'gauge' }, ['calls a_total a gauge; it is a counter.']],
    ['a_total', { labels: ['code'] }, ['does not have the label operation of a_total.']],
    ['jobs', { labels: ['state', 'x'] }, ['has the label x of jobs, which nothing exports.']],
    ['b_seconds', { labels: ['stage', 'outcome', 'engine', 'y'] }, ['has the label y of b_seconds, which']],
    ['jobs', { from: 'worker' }, ['has jobs from worker; it is from API.']],
    ['b_seconds', { from: 'both' }, ['has b_seconds from both; it is from worker.']],
    ['foregsyte_process_info', { from: 'API' }, ['foregsyte_process_info from API; it is from both.']],
    ['jobs', { name: 'c' }, ['has no row for jobs.', 'has c, which nothing exports.']],
  ])('that differs in %s by %p is told of', (name, other, complaints) => {
    expect(complaintsWith(name, other)).toEqual(
      complaints.map((complaint) => expect.stringContaining(complaint)),
    );
  });

  it('may have labels of what has no sample only where that is usual', () => {
    const without = parseScrapes({ api: '# TYPE c_total counter\n', worker: '' });
    const row = { name: 'c_total', type: 'counter', labels: ['x'], from: 'API' };
    expect(compareDocumented([row], without)).toEqual([
      'docs/metrics.md has the label x of c_total, which nothing exports.',
    ]);
  });
});
