/** Fails when the committed typed client is not what schema.graphql and the documents make. */
import { readFile } from 'node:fs/promises';
import { CLIENT_FILE, generateClient } from './client-codegen.mjs';

const [committed, expected] = await Promise.all([readFile(CLIENT_FILE, 'utf8'), generateClient()]);
if (committed === expected) {
  console.log('The typed client is up to date.');
} else {
  console.error('The typed client is stale. Run `npm run client:generate` and commit it.');
  process.exitCode = 1;
}
