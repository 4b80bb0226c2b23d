/**
 * Says whether the code keeps to polling: `npm run governance:check`. Exit code 0 when it is clean, 1 with a line for each
 * breach, 2 when nothing can be said. A folder as an argument is checked instead of this one.
 */
import { resolve } from 'node:path';
import { invocationDirectory, projectRoot } from '../src/config.ts';
import { checkGovernance } from './governance/check-governance.ts';

const [folder] = process.argv.slice(2);
const root = folder === undefined ? projectRoot : resolve(invocationDirectory, folder);
try {
  const complaints = checkGovernance(root);
  for (const complaint of complaints) console.error(complaint);
  if (complaints.length > 0) process.exitCode = 1;
  else console.log('Governance: CLEAN');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
