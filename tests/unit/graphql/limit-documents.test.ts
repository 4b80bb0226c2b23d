import { ApolloServer } from '@apollo/server';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { LOCAL_CALLER } from '../../../src/access/caller.ts';
import { AppError } from '../../../src/errors.ts';
import type { RequestContext } from '../../../src/graphql/context.ts';
import { createErrorFormatter } from '../../../src/graphql/format-error.ts';
import { documentRules, limitComplexity } from '../../../src/graphql/limit-documents.ts';
import { UNUSED_SERVICES } from '../../../src/graphql/print-schema.ts';
import { buildGraphqlSchema } from '../../../src/graphql/schema.ts';
import { doublingFragments } from '../../helpers/doubling-fragments.ts';

const openResults = () => Promise.reject(new AppError('JOB_NOT_FOUND', 'There is no job. Submit one.'));
const schema = buildGraphqlSchema({ ...UNUSED_SERVICES, openResults });
const apollo = new ApolloServer<RequestContext>({
  schema,
  validationRules: [...documentRules],
  plugins: [limitComplexity(schema)],
  formatError: createErrorFormatter(pino({ level: 'silent' })),
  stopOnTerminationSignals: false,
});

/** The code of the first error: JOB_NOT_FOUND for a document that the limits let through. */
async function codeOf(query: string, variables: Record<string, unknown> = {}): Promise<unknown> {
  const { body } = await apollo.executeOperation(
    { query, variables },
    { contextValue: { caller: LOCAL_CALLER, notes: {} } },
  );
  return body.kind === 'single' ? body.singleResult.errors?.[0]?.extensions?.['code'] : undefined;
}

const repeat = (count: number, field: (n: number) => string) =>
  Array.from({ length: count }, (_unused, n) => field(n)).join(' ');
const longPages = (count: number) =>
  repeat(count, (n) => `a${n}: frames(first: 1000) { nodes { detections { label } texts { text } } }`);

it('an operation cannot be padded until it is no longer measured', async () => {
  const padding = doublingFragments(14, 'Query', '__typename');
  expect(await codeOf(`{ results(jobId: "x") { ${longPages(1)} } }`)).toBe('JOB_NOT_FOUND');
  expect(await codeOf(`{ results(jobId: "x") { ${longPages(20)} } }`)).toBe('QUERY_TOO_COMPLEX');
  const padded = `{ ...f0 results(jobId: "x") { ${longPages(20)} } } ${padding}`;
  expect(await codeOf(padded)).toBe('QUERY_TOO_COMPLEX');
});

it('an operation cannot escape by an argument that a variable makes null', async () => {
  const query = `query Sneak($id: ID = "x") { status(jobId: $id) { id } results(jobId: "x") { ${longPages(20)} } }`;
  expect(await codeOf(query, { id: null })).toBe('INVALID_ARGUMENT');
  expect(await codeOf(query)).toBe('QUERY_TOO_COMPLEX');
});

it('variables that are not what the operation declares are INVALID_ARGUMENT', async () => {
  const query = 'query Page($first: Int!) { results(jobId: "x") { frames(first: $first) { totalCount } } }';
  expect(await codeOf(query, { first: 'x' })).toBe('INVALID_ARGUMENT');
  expect(await codeOf(query, { first: 1 })).toBe('JOB_NOT_FOUND');
});

describe('filtered pages of results', () => {
  const pages = (count: number, filter: string) =>
    `{ results(jobId: "x") { ${repeat(count, (n) => `a${n}: frames(first: 1, filter: ${filter}) { totalCount }`)} } }`;

  it('count for what they may read: one of each kind fits, and twenty do not', async () => {
    const each = `{ results(jobId: "x") {
      frames(filter: { labels: ["dog"] }) { nodes { detections { label box { x y width height } } texts { text } } }
      tracks(filter: { labels: ["dog"] }) { nodes { label bestBox { x y width height } } }
      textSegments(filter: { contains: "exit" }) { nodes { text startMs endMs } }
      labels { label }
    } }`;
    expect(await codeOf(each)).toBe('JOB_NOT_FOUND');
    expect(await codeOf(pages(20, '{ labels: ["zzz"] }'))).toBe('QUERY_TOO_COMPLEX');
    expect(await codeOf(pages(20, 'null'))).toBe('JOB_NOT_FOUND');
  });

  it('are measured with the filter of each request when a variable holds it', async () => {
    const query = `query Pages($filter: FrameFilter) ${pages(20, '$filter')}`;
    expect(await codeOf(query)).toBe('JOB_NOT_FOUND');
    expect(await codeOf(query, { filter: { minConfidence: 1 } })).toBe('QUERY_TOO_COMPLEX');
    expect(await codeOf(query, { filter: null })).toBe('JOB_NOT_FOUND');
  });

  it('leave a long page its room', async () => {
    const page = `frames(first: 1000, filter: { labels: ["dog"] }) { nodes { frameIndex timestampMs
      detections { label confidence trackId box { x y width height } } texts { text confidence } } }`;
    expect(await codeOf(`{ results(jobId: "x") { ${page} } }`)).toBe('JOB_NOT_FOUND');
  });
});
