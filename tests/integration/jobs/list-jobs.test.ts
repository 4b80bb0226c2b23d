import { beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { buildListQueries, type JobFilter, type JobPageRequest } from '../../../src/jobs/list-jobs.ts';
import { useTestServices } from '../../helpers/test-services.ts';

const JOBS = 100_000;
const OWNER = 'ann';
const SOME_ID = '018f3f3e-7b1a-4c6d-8e2f-5a9b0c1d2e3f';
const services = useTestServices();

beforeAll(async () => {
  // Two owners; every fourth job shares its creation time with the next; rare and common tags and words.
  await services().dataSource.query(
    `INSERT INTO jobs (job_id, owner, status, pipeline_id, options, input_path, original_filename, size_bytes, sha256,
        tags, created_at)
      SELECT gen_random_uuid(), CASE WHEN n % 5 = 0 THEN 'bob' ELSE $1 END,
        (ARRAY['completed', 'failed', 'canceled', 'pending'])[n % 4 + 1]::job_status_enum, 'yolo_ocr', '{}', 'x',
        CASE WHEN n % 10000 = 1 THEN 'Küche Nord.mp4' ELSE 'camera_' || n || '-garden.mp4' END, 1, '',
        CASE WHEN n % 10000 = 1 THEN ARRAY['rare', 'all'] ELSE ARRAY['all'] END,
        timestamptz '2026-01-01' + (n / 2) * interval '1 second'
      FROM generate_series(1, $2::int) AS n`,
    [OWNER, JOBS],
  );
  await services().dataSource.query('VACUUM ANALYZE jobs');
}, 120_000);

const pageOf = (request: Partial<JobPageRequest> = {}) => ({
  filter: {},
  orderBy: 'CREATED_AT_DESC' as const,
  first: 20,
  after: null,
  ...request,
});
const cursorOf = (...place: unknown[]) => Buffer.from(JSON.stringify(place)).toString('base64url');
const list = (request: Partial<JobPageRequest> = {}) => services().jobList.list(OWNER, pageOf(request));

const planSchema: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    'Node Type': z.string(),
    'Actual Rows': z.number(),
    'Actual Loops': z.number(),
    'Shared Hit Blocks': z.number(),
    'Shared Read Blocks': z.number(),
    'Rows Removed by Filter': z.number().default(0),
    Plans: z.array(planSchema).default([]),
  }),
);
interface PlanNode {
  'Node Type': string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  'Rows Removed by Filter': number;
  Plans: PlanNode[];
}

/** What Postgres really did for one page: the kinds of nodes, the blocks touched and the rows thrown away. */
async function explain(request: Partial<JobPageRequest>) {
  const page = pageOf(request);
  const plans = [];
  for (const { text, values } of buildListQueries(OWNER, page)) {
    plans.push(await explainOne(text, values));
    const { length } = z.array(z.unknown()).parse(await services().dataSource.query(text, values));
    // As the lister does.
    if (length > page.first) break;
  }
  return {
    kinds: plans.flatMap(({ kinds }) => kinds),
    blocks: plans.reduce((sum, { blocks }) => sum + blocks, 0),
    passedOver: plans.reduce((sum, { passedOver }) => sum + passedOver, 0),
  };
}

async function explainOne(text: string, values: unknown[]) {
  const rows = await services().dataSource.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`, values);
  const [
    {
      'QUERY PLAN': [{ Plan: root }],
    },
  ] = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: planSchema })]) })]).parse(rows);
  const nodes: PlanNode[] = [];
  const walk = (node: PlanNode) => {
    nodes.push(node);
    node.Plans.forEach(walk);
  };
  walk(root);
  return {
    kinds: nodes.map((node) => node['Node Type']),
    blocks: root['Shared Hit Blocks'] + root['Shared Read Blocks'],
    passedOver: nodes.reduce((sum, node) => sum + node['Rows Removed by Filter'] * node['Actual Loops'], 0),
  };
}

/** The cursor behind the job that is `place`th from the newest. */
async function cursorAt(place: number): Promise<string> {
  const rows = await services().dataSource.query(
    `SELECT created_at AS "createdAt", job_id AS "jobId" FROM jobs WHERE owner = $1
      ORDER BY created_at DESC, job_id DESC OFFSET $2 LIMIT 1`,
    [OWNER, place],
  );
  const [{ createdAt, jobId }] = z.tuple([z.object({ createdAt: z.date(), jobId: z.string() })]).parse(rows);
  return cursorOf(createdAt.getTime(), jobId);
}

describe(`a page of ${JOBS} jobs`, () => {
  it.each<[string, JobFilter]>([
    ['no filter', {}],
    ['a status', { status: 'failed' }],
    ['a pipeline', { pipelineId: 'yolo_ocr' }],
    ['a common tag', { tag: 'all' }],
    ['a rare tag', { tag: 'rare' }],
    ['a common word', { text: 'camera' }],
    ['a rare word', { text: 'küche nord' }],
    ['the beginning of a word', { text: 'camera gard' }],
    [
      'a time',
      { createdAfter: new Date('2026-01-01T02:00:00Z'), createdBefore: new Date('2026-01-01T02:30:00Z') },
    ],
    ['everything', { status: 'completed', pipelineId: 'yolo_ocr', tag: 'all', text: 'camera' }],
  ])(
    'with %s is found through an index, and near the end as cheaply as at the beginning',
    async (_what, filter) => {
      for (const after of [null, await cursorAt(70_000)]) {
        const { kinds, blocks, passedOver } = await explain({ filter, after });
        expect(kinds).not.toContain('Seq Scan');
        expect(passedOver).toBeLessThan(1_100);
        // 21 jobs, each with its queue position of at most two walks: far from the 3,000 blocks of the table.
        expect(blocks).toBeLessThan(1_000);
      }
    },
  );
});

describe('the list', () => {
  it.each([['CREATED_AT_DESC' as const], ['CREATED_AT_ASC' as const]])(
    '%s: page by page, every job once and in order',
    async (orderBy) => {
      const filter = { createdBefore: new Date('2026-01-01T00:05:00Z') };
      const seen: { time: number; jobId: string }[] = [];
      let after: string | null = null;
      for (let more = true; more;) {
        const page = await list({ filter, orderBy, first: 37, after });
        seen.push(...page.edges.map(({ node }) => ({ time: node.createdAt.getTime(), jobId: node.jobId })));
        after = page.edges.at(-1)?.cursor ?? null;
        more = page.hasNextPage;
      }
      const sign = orderBy === 'CREATED_AT_ASC' ? 1 : -1;
      const sorted = seen.toSorted((a, b) => sign * (a.time - b.time || (a.jobId < b.jobId ? -1 : 1)));
      expect(seen).toEqual(sorted);
      expect(new Set(seen.map(({ jobId }) => jobId)).size).toBe(seen.length);
      expect(seen).toHaveLength(await services().jobList.count(OWNER, filter));
    },
  );

  it.each<[string, JobFilter, number]>([
    ['words in any order and case', { text: 'NORD küche' }, 10],
    ['the beginning of a word that is not the last', { text: 'küc nord' }, 0],
    ['the beginning of a word', { text: 'küc' }, 10],
    ['a word that no name has', { text: 'kitchen' }, 0],
    ['the end of a word', { text: 'üche' }, 0],
    ['a tag, exactly', { tag: 'rare' }, 10],
    ['the beginning of a tag', { tag: 'rar' }, 0],
    ['what looks like an operator', { text: "camera_2-garden.mp4' | 'x" }, 0],
  ])('finds by %s', async (_what, filter, count) => {
    expect((await list({ filter })).edges).toHaveLength(count);
    expect(await services().jobList.count(OWNER, filter)).toBe(count);
  });

  it("never shows another owner's jobs", async () => {
    const { edges } = await list({ first: 100, filter: { tag: 'all' } });
    expect(new Set(edges.map(({ node }) => node.owner))).toEqual(new Set([OWNER]));
    const bob = await services().jobList.list('bob', pageOf());
    expect(new Set(bob.edges.map(({ node }) => node.owner))).toEqual(new Set(['bob']));
  });

  it.each<[string, Partial<JobPageRequest>, string]>([
    ['a page of none', { first: 0 }, 'first'],
    ['a page of too many', { first: 101 }, 'first'],
    ['a cursor that is none', { after: 'x' }, 'after'],
    ['a cursor of another list', { after: cursorOf(1) }, 'after'],
    ['a cursor of no date', { after: cursorOf(9_000_000_000_000_000, SOME_ID) }, 'after'],
    ['a cursor of a time before all jobs', { after: cursorOf(-8_000_000_000_000_000, SOME_ID) }, 'after'],
    ['a tag with NUL', { filter: { tag: 'a\0' } }, 'filter.tag'],
    ['a pipeline with NUL', { filter: { pipelineId: '\0' } }, 'filter.pipelineId'],
    ['a time before Postgres', { filter: { createdAfter: new Date(-8e15) } }, 'filter.createdAfter'],
    ['a date that is none', { filter: { createdBefore: new Date(NaN) } }, 'filter.createdBefore'],
    ['a text without a word', { filter: { text: '--' } }, 'filter.text'],
    ['a text that is too long', { filter: { text: 'a'.repeat(201) } }, 'filter.text'],
  ])('refuses %s', async (_what, request, argument) => {
    await expect(list(request)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: { argument } });
  });

  it('takes what looks odd and is not: NUL among words, and times at the ends of all calendars', async () => {
    expect((await list({ filter: { text: 'camera\0_2 ' } })).edges).not.toHaveLength(0);
    const { edges } = await list({
      filter: { createdAfter: new Date('0001-01-01T00:00:00Z'), createdBefore: new Date(8.64e15) },
    });
    expect(edges).toHaveLength(20);
    const last = cursorOf(8.64e15, SOME_ID);
    expect((await list({ after: last })).edges).toHaveLength(20);
    const first = cursorOf(0, SOME_ID);
    expect((await list({ after: first, orderBy: 'CREATED_AT_ASC' })).edges).toHaveLength(20);
  });

  it.each<[JobFilter, string]>([
    [{ tag: '\0' }, 'filter.tag'],
    [{ createdAfter: new Date(-8e15) }, 'filter.createdAfter'],
  ])('does not count by %j either', async (filter, argument) => {
    const counted = services().jobList.count(OWNER, filter);
    await expect(counted).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: { argument } });
  });
});
