/** Fails when the committed schema.graphql is not what the built code prints. */
import { readFile } from 'node:fs/promises';
import { printGraphqlSchema } from '../dist/src/graphql/print-schema.js';

const committed = await readFile(new URL('../schema.graphql', import.meta.url), 'utf8');
if (committed === printGraphqlSchema()) {
  console.log('schema.graphql is up to date.');
} else {
  console.error('schema.graphql is stale. Run `npm run schema:print` and commit it.');
  process.exitCode = 1;
}
