/** `npm run migration:create -- NAME`: writes a migration from the template, and says what to do next. */
import { dirname } from 'node:path';
import { createMigration } from './migration-files.ts';

const root = dirname(import.meta.dirname);
const [name, ...more] = process.argv.slice(2);
try {
  if (name === undefined || more.length > 0) {
    throw new Error('Give one name: npm run migration:create -- add-job-notes');
  }
  const { file, className } = await createMigration(root, name, Date.now());
  console.log(`${file} is written, and ${className} stands in src/database/data-source.ts.
1. Write up and down, in SQL. docs/migration-guide.md says what to mind.
2. Change the entity. A new table needs a row in tests/helpers/database-rows.ts.
3. npm test -- tests/integration/database`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
