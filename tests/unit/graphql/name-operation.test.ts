import { expect, it } from '@jest/globals';
import { Kind, parse } from 'graphql';
import { nameOperation } from '../../../src/graphql/note-operations.ts';
import { doublingFragments } from '../../helpers/doubling-fragments.ts';

const nameOf = (text: string): string => {
  const document = parse(text);
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error('There is no operation.');
  return nameOperation(document, operation);
};

it.each([
  ['query Mine { other: status(jobId: "1") { id } status(jobId: "2") { id } }', 'Query.status'],
  ['mutation Mine { cancelJob(jobId: "1") { id } }', 'Mutation.cancelJob'],
  ['{ service { version } pipelines { id } }', 'Query.*'],
  ['query { ...A } fragment A on Query { ... on Query { jobs { totalCount } } }', 'Query.jobs'],
  ['{ __schema { types { name } } }', 'Query.__schema'],
])('%s is %s', (text, name) => {
  expect(nameOf(text)).toBe(name);
});

it('enters every fragment once, however often it is spread', () => {
  // Few enough levels that following every spread ends, after many seconds.
  const text = `{ ...f0 } ${doublingFragments(22, 'Query', 'service { version }')}`;
  const start = performance.now();
  expect(nameOf(text)).toBe('Query.service');
  expect(performance.now() - start).toBeLessThan(2_000);
});
