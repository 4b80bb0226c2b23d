import { printSchema } from 'graphql';
import { JobResolver } from './job.resolver.ts';
import { ResultsResolver } from './results.resolver.ts';
import { buildGraphqlSchema } from './schema.ts';

const unused = async (): Promise<never> => {
  throw new Error('The printed schema resolves nothing.');
};

/** The schema in the schema definition language, as `schema.graphql` holds it. Needs no database. */
export function printGraphqlSchema(): string {
  const schema = buildGraphqlSchema({
    job: new JobResolver({ submitVideo: unused, jobs: { findJob: unused } }),
    results: new ResultsResolver({ openResults: unused }),
  });
  return `# Printed from the code by \`npm run schema:print\`. Do not edit.\n\n${printSchema(schema)}\n`;
}
