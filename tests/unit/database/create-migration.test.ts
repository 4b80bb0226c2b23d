import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { format } from 'prettier';
import { createMigration } from '../../../ci/migration-files.ts';
import { projectRoot } from '../../../src/config.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const parent = temporaryDirectory();
const NOW = 1_800_000_000_000;
let root: string;
let tries = 0;

/** A copy of what the command reads and writes. */
beforeEach(async () => {
  root = join(parent, String((tries += 1)));
  await mkdir(join(root, 'src', 'database'), { recursive: true });
  for (const path of [
    'migrations',
    'src/database/data-source.ts',
    'ci/create-migration.ts',
    'ci/migration-files.ts',
  ])
    await cp(join(projectRoot, path), join(root, path), { recursive: true });
});

const dataSource = () => readFile(join(root, 'src', 'database', 'data-source.ts'), 'utf8');

describe('createMigration', () => {
  it('writes a file whose class has up and down, named after time and name', async () => {
    const created = await createMigration(root, 'add-job-notes', NOW);
    expect(created).toEqual({
      file: `migrations/${NOW}-add-job-notes.ts`,
      className: `AddJobNotes${NOW}`,
    });
    const text = await readFile(join(root, created.file), 'utf8');
    expect(text).toContain(`export class AddJobNotes${NOW} implements MigrationInterface {`);
    const style = { parser: 'typescript', singleQuote: true, printWidth: 110, trailingComma: 'all' } as const;
    expect(await format(text, style)).toBe(text);
    // Node itself reads it, so it is whole; nothing runs before somebody has written it.
    const program = `const { AddJobNotes${NOW}: Made } = await import(${JSON.stringify(join(root, created.file))});
      for (const way of ['up', 'down']) await new Made()[way]({ query: async (sql) => console.log(sql) });`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^Write the change here.*\nWrite the way back here.*\n$/);
  });

  it('adds it to the end of the list of the data source, and changes nothing else there', async () => {
    const before = (await dataSource()).split('\n');
    await createMigration(root, 'add-job-notes', NOW);
    const after = (await dataSource()).split('\n');
    const added = after.filter((line) => line.includes('AddJobNotes'));
    expect(added).toEqual([
      `import { AddJobNotes${NOW} } from '../../migrations/${NOW}-add-job-notes.ts';`,
      `      AddJobNotes${NOW},`,
    ]);
    expect(after.filter((line) => !added.includes(line))).toEqual(before);
    expect(after[after.indexOf(added[1] ?? '') + 1]).toBe('    ],');
    const imports = after.filter((line) => line.includes('/migrations/'));
    expect(imports.at(-1)).toBe(added[0]);
  });

  it('comes last, even when the clock is behind the newest migration', async () => {
    const { file: newest } = await createMigration(root, 'first', NOW);
    const { file } = await createMigration(root, 'second', NOW - 1_000_000);
    expect(newest).toBe(`migrations/${NOW}-first.ts`);
    expect(file).toBe(`migrations/${NOW + 1}-second.ts`);
  });

  it.each(['', 'AddNotes', 'add notes', 'add_notes', '-add', 'add-', '../add', '1-add', 'a'.repeat(61)])(
    'refuses the name "%s" and writes nothing',
    async (name) => {
      const before = await dataSource();
      await expect(createMigration(root, name, NOW)).rejects.toThrow(
        /is no name for a migration.*add-job-notes/,
      );
      expect(await dataSource()).toBe(before);
    },
  );

  it('refuses a name that another migration has, and says which', async () => {
    const before = await dataSource();
    await expect(createMigration(root, 'create-jobs', NOW)).rejects.toThrow(
      'migrations/1763900000000-create-jobs.ts has this name already.',
    );
    expect(await dataSource()).toBe(before);
  });

  it('says which line to add when the data source is not as expected', async () => {
    await writeFile(join(root, 'src', 'database', 'data-source.ts'), 'export {};\n');
    await expect(createMigration(root, 'add-notes', NOW)).rejects.toThrow(
      new RegExp(`Import AddNotes${NOW} there from '../../migrations/${NOW}-add-notes.ts'`),
    );
  });
});

describe('ci/create-migration.ts', () => {
  const run = (...names: string[]) =>
    spawnSync(process.execPath, [join(root, 'ci', 'create-migration.ts'), ...names], { encoding: 'utf8' });

  it('writes the migration and says what to do next', async () => {
    const { stdout, status } = run('add-job-notes');
    expect(status).toBe(0);
    const file = /^(\S+) is written/.exec(stdout)?.[1] ?? '';
    expect(basename(file)).toMatch(/^\d{13}-add-job-notes\.ts$/);
    expect(await readFile(join(root, file), 'utf8')).toContain('implements MigrationInterface');
    expect(stdout).toContain('npm test -- tests/integration/database');
  });

  it.each([[[]], [['a', 'b']], [['Bad Name']]])('exits with 2 and one sentence for %j', (names) => {
    const { status, stdout, stderr } = run(...names);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/npm run migration:create -- add-job-notes\n$/);
  });
});
