import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Short words in small letters, joined by hyphens: what the migration does, such as `add-job-notes`. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_NAME_LENGTH = 60;
const FILE = /^(\d{13})-(.+)\.ts$/;

/** What was written, with paths from the root of the project. */
export interface CreatedMigration {
  file: string;
  className: string;
}

/**
 * Writes `migrations/<timestamp>-<name>.ts` and adds its class to src/database/data-source.ts. The timestamp is `now` in
 * milliseconds, or later when a migration that is there already is younger.
 * @throws Error when the name cannot be used or is taken, or when data-source.ts is not as it is expected.
 */
export async function createMigration(root: string, name: string, now: number): Promise<CreatedMigration> {
  if (!NAME.test(name) || name.length > MAX_NAME_LENGTH) {
    throw new Error(
      `"${name}" is no name for a migration. Give at most ${MAX_NAME_LENGTH} small letters, digits and hyphens, beginning with a letter: npm run migration:create -- add-job-notes`,
    );
  }
  const known = (await readdir(join(root, 'migrations'))).flatMap((file) => {
    const [, timestamp, given] = FILE.exec(file) ?? [];
    return timestamp !== undefined && given !== undefined
      ? [{ file, timestamp: Number(timestamp), given }]
      : [];
  });
  const taken = known.find(({ given }) => given === name);
  if (taken) throw new Error(`migrations/${taken.file} has this name already. Choose another one.`);

  // Migrations run in the order of their timestamps, so a new one has to come last, whatever the clock says.
  const timestamp = Math.max(now, ...known.map((one) => one.timestamp + 1));
  const className = `${name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}${timestamp}`;
  const file = `migrations/${timestamp}-${name}.ts`;
  const dataSource = join(root, 'src', 'database', 'data-source.ts');
  const registered = register(await readFile(dataSource, 'utf8'), file, className);
  await writeFile(join(root, file), templateOf(className), { flag: 'wx' });
  await writeFile(dataSource, registered);
  return { file, className };
}

function templateOf(className: string): string {
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Say here what changes and why. */
export class ${className} implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(\`Write the change here: it runs on tables with rows.\`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(\`Write the way back here, and keep the rows that were there before.\`);
  }
}
`;
}

/** The text of data-source.ts with one more import and one more entry of its list. */
function register(text: string, file: string, className: string): string {
  const imports = [...text.matchAll(/^import .* from '\.\.\/\.\.\/migrations\/.*';\n/gm)];
  const last = imports.at(-1);
  const list = /^( +)migrations: \[\n((?: +\w+,\n)+)\1\],\n/m.exec(text);
  const entries = list?.[2];
  if (!last || entries === undefined) {
    throw new Error(
      `src/database/data-source.ts does not list its migrations as expected. Import ${className} there from '../../${file}', add it to the end of the list, and mend ci/migration-files.ts.`,
    );
  }
  const end = last.index + last[0].length;
  const imported = `${text.slice(0, end)}import { ${className} } from '../../${file}';\n${text.slice(end)}`;
  const indent = /^ +/.exec(entries)?.[0] ?? '';
  return imported.replace(entries, `${entries}${indent}${className},\n`);
}
