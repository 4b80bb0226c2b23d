import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { runPostgresProgram } from '../../../src/database/run-postgres-program.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const installation = temporaryDirectory();
const home = { account: {}, installation, clusterParent: installation };
const install = (program: string, script: string) =>
  writeFile(join(installation, 'bin', program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

beforeAll(() => mkdir(join(installation, 'bin')));

it('gives what the program prints', async () => {
  await install('initdb', 'echo "initdb (PostgreSQL) 18.4"');
  expect(await runPostgresProgram(home, 'initdb', ['--version'])).toBe('initdb (PostgreSQL) 18.4\n');
});

it('says what a program that fails complains of', async () => {
  await install(
    'initdb',
    `echo "initdb: unrecognized option '--lacking'" >&2; echo "Try --help." >&2; exit 1`,
  );
  await expect(runPostgresProgram(home, 'initdb', ['--lacking'])).rejects.toMatchObject({
    code: 'TOOL_UNAVAILABLE',
    message: expect.stringContaining("(initdb): initdb: unrecognized option '--lacking'. A server"),
  });
});
