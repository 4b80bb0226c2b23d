import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { projectRoot } from '../../../src/config.ts';
import { startService, TINY_VIDEO, type RunningService } from '../../helpers/running-service.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const run = promisify(execFile);
const toolOutput = z.object({ stdout: z.string(), stderr: z.string() });
type ToolRun = z.infer<typeof toolOutput> & { ok: boolean };
const folder = temporaryDirectory();
const dataDirectory = temporaryDirectory();
const PROGRAM = join(import.meta.dirname, 'frontend', 'client-program.ts');
/** What the generator's own command does; that one says why it failed on a terminal alone. */
const GENERATE = `
  import { generate } from '@graphql-codegen/cli';
  import config from './codegen.json' with { type: 'json' };
  await generate({ ...config, silent: true });
`;
let service: RunningService;

beforeAll(async () => {
  service = await startService({ dataDirectory, worker: true });
});
afterAll(() => service.stop());

/** A project of a frontend team in a folder of its own, with `source` as its program. */
async function makeProject(name: string, source: string) {
  const project = join(folder, name);
  await mkdir(project);
  await symlink(join(projectRoot, 'node_modules'), join(project, 'node_modules'));
  await cp(join(projectRoot, 'schema.graphql'), join(project, 'schema.graphql'));
  const files = {
    'package.json': { type: 'module' },
    'codegen.json': {
      schema: 'schema.graphql',
      documents: 'client-program.ts',
      generates: {
        'gql/': {
          preset: 'client',
          config: {
            documentMode: 'string',
            enumType: 'string-literal',
            importExtension: '.ts',
            strictScalars: true,
            useTypeImports: true,
            scalars: { ID: 'string', DateTimeISO: 'string', SafeInt: 'number', Upload: 'Blob' },
          },
        },
      },
    },
    'tsconfig.json': {
      compilerOptions: {
        target: 'es2024',
        lib: ['es2024', 'dom', 'dom.iterable'],
        module: 'nodenext',
        types: ['node'],
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        erasableSyntaxOnly: true,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
        skipLibCheck: true,
        outDir: 'out',
      },
      include: ['client-program.ts', 'gql'],
    },
  };
  await writeFile(join(project, 'client-program.ts'), source);
  for (const [file, content] of Object.entries(files)) {
    await writeFile(join(project, file), JSON.stringify(content));
  }
  const tool = async (...args: string[]): Promise<ToolRun> => {
    try {
      return { ok: true, ...(await run(process.execPath, args, { cwd: project, timeout: 60_000 })) };
    } catch (error) {
      return { ok: false, ...toolOutput.parse(error) };
    }
  };
  const bin = (script: string) => join(projectRoot, 'node_modules', script);
  return {
    generate: () => tool('--input-type=module', '--eval', GENERATE),
    compile: () => tool(bin('typescript/bin/tsc'), '-p', 'tsconfig.json'),
    start: (...args: string[]) => tool(join(project, 'out', 'client-program.js'), ...args),
  };
}

describe('a client with types generated from schema.graphql', () => {
  it('compiles under strict, submits, polls, pages through filtered frames, and cancels', async () => {
    const project = await makeProject('whole', await readFile(PROGRAM, 'utf8'));
    expect(await project.generate()).toMatchObject({ ok: true });
    expect(await project.compile()).toEqual({ ok: true, stdout: '', stderr: '' });
    const { stdout, stderr } = await project.start(service.url, TINY_VIDEO);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      tags: ['first'],
      // Two samples a second of three seconds, without the first: someone stands on each, and each is a page.
      timestamps: [500, 1000, 1500, 2000, 2500],
      labels: ['person'],
      pages: expect.any(Number),
      canceled: 'CANCELED',
      again: 'JOB_NOT_CANCELABLE',
    });
    expect(JSON.parse(stdout).pages).toBeGreaterThanOrEqual(5);
  });

  it('is not generated when a document asks for a field that is not there', async () => {
    const source = await readFile(PROGRAM, 'utf8');
    const project = await makeProject('wrong-field', source.replace('durationMs', 'durationInMinutes'));
    const generated = await project.generate();
    expect(generated.ok).toBe(false);
    expect(generated.stdout + generated.stderr).toContain('Cannot query field "durationInMinutes"');
  });

  it('does not compile when the program uses what its document does not ask for, or a wrong type', async () => {
    const source = await readFile(PROGRAM, 'utf8');
    const unasked = source.replace('throw new Error(status.errorCode', 'throw new Error(status.errorMessage');
    const project = await makeProject('wrong-use', unasked.replace('fromMs: 500', "fromMs: '500'"));
    expect(await project.generate()).toMatchObject({ ok: true });
    const compiled = await project.compile();
    expect(compiled.ok).toBe(false);
    expect(compiled.stdout).toMatch(/errorMessage/);
    expect(compiled.stdout).toMatch(/Type 'string' is not assignable to type 'number/);
  });
});
