import { printSchema } from 'graphql';
import { describeService } from '../service-facts.ts';
import { readConfig } from '../config.ts';
import { buildGraphqlSchema } from './schema.ts';

const unused = (): never => {
  throw new Error('The printed schema resolves nothing.');
};

/** The schema in the schema definition language, as `schema.graphql` holds it. Needs no database. */
export function printGraphqlSchema(): string {
  const schema = buildGraphqlSchema({
    submitVideo: unused,
    cancelJob: unused,
    retryJob: unused,
    deleteJob: unused,
    openResults: unused,
    jobs: { findJob: unused, findStatus: unused, findStatuses: unused },
    jobList: { list: unused, count: unused },
    polling: { pollAfterMs: unused },
    serviceFacts: describeService(readConfig({})),
  });
  return `# Printed from the code by \`npm run schema:print\`. Do not edit.\n\n${printSchema(schema)}\n`;
}
