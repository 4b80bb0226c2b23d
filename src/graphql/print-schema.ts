import { printSchema } from 'graphql';
import { readConfig, retentionHours } from '../config.ts';
import { BUNDLED_LANGUAGES } from '../jobs/ocr-languages.ts';
import { createRetention } from '../jobs/retention.ts';
import { describeService } from '../service-facts.ts';
import { buildGraphqlSchema, type ResolverServices } from './schema.ts';

const unused = (): never => {
  throw new Error('Nobody expected this service to be used.');
};

const defaults = readConfig({});

/** Services that fail when they are used, for a schema of which nothing, or a part alone, is resolved. */
export const UNUSED_SERVICES: ResolverServices = {
  submitVideo: unused,
  cancelJob: unused,
  retryJob: unused,
  deleteJob: unused,
  ocrLanguages: BUNDLED_LANGUAGES,
  openResults: unused,
  jobs: { findJob: unused, findStatus: unused, findStatuses: unused },
  jobList: { list: unused, count: unused },
  polling: { pollAfterMs: unused },
  retention: createRetention(retentionHours(defaults)),
  serviceFacts: describeService(defaults),
};

/** The schema in the schema definition language, as `schema.graphql` holds it. Needs no database. */
export function printGraphqlSchema(): string {
  const schema = buildGraphqlSchema(UNUSED_SERVICES);
  return `# Printed from the code by \`npm run schema:print\`. Do not edit.\n\n${printSchema(schema)}\n`;
}
