import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { checkGovernance } from '../../../ci/governance/check-governance.ts';
import { projectRoot } from '../../../src/config.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const folders = temporaryDirectory();

/** A small clean project, in a folder of its own, with some files written anew. */
function project(files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(folders, 'project-'));
  mkdirSync(join(root, 'ci'));
  cpSync(join(projectRoot, 'ci', 'forbidden-vocabulary.yaml'), join(root, 'ci', 'forbidden-vocabulary.yaml'));
  const clean = {
    'src/jobs/find-jobs.ts': 'export const classes = [];\n',
    'worker/main.ts': '// Processed by polling.\n',
    'migrations/1-jobs.ts': 'export {};\n',
    'schema.graphql': 'type Query {\n  job: String\n}\n',
    'package.json': '{"dependencies":{"express":"5.0.0"}}',
  };
  for (const [path, content] of Object.entries({ ...clean, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

describe('the check of governance', () => {
  it('has nothing to say about a project that polls', () => {
    expect(checkGovernance(project())).toEqual([]);
  });

  it.each([
    ['a word in src', { 'src/jobs/a.ts': '\nconst liveFeed = 1;\n' }, 'src/jobs/a.ts:2: live_feed'],
    ['a word in worker', { 'worker/a.ts': '// A GPU worker.\n' }, 'worker/a.ts:1: gpu_worker'],
    ['a word in a migration', { 'migrations/2.sql': 'distributed' }, 'migrations/2.sql:1: distributed'],
    ["a word in a file's name", { 'src/http/sse-route.ts': '' }, 'src/http/sse-route.ts:1: sse'],
    [
      'a word in the schema',
      { 'schema.graphql': '"""\nIn real time.\n"""\ntype Query {\n  a: Int\n}\n' },
      'schema.graphql:2: real_time',
    ],
    [
      'a subscription',
      { 'schema.graphql': 'type Query {\n  a: Int\n}\ntype Subscription {\n  a: Int\n}\n' },
      'schema.graphql:4: the type Subscription',
    ],
    [
      'a subscription that is added elsewhere',
      { 'schema.graphql': 'type Query {\n  a: Int\n}\nextend type Subscription {\n  a: Int\n}\n' },
      'schema.graphql:4: the type Subscription',
    ],
    [
      'a subscription by another name',
      { 'schema.graphql': 'schema {\n  query: Q\n  subscription: Q\n}\ntype Q {\n  a: Int\n}\n' },
      'schema.graphql:1: the schema has a subscription type',
    ],
    ...['graphql-ws', 'ws', 'subscriptions-transport-ws', 'socket.io', 'graphql-sse'].map(
      (name) =>
        [
          `the dependency ${name}`,
          { 'package.json': JSON.stringify({ optionalDependencies: { [name]: '1.0.0' } }) },
          `package.json:1: the dependency ${name} in optionalDependencies pushes to clients`,
        ] as const,
    ),
  ])('finds %s', (_, files, complaint) => {
    expect(checkGovernance(project(files))).toEqual([complaint]);
  });

  it.each(['src', 'migrations', 'schema.graphql', 'package.json', 'ci/forbidden-vocabulary.yaml'])(
    'fails without %s',
    (path) => {
      const root = project();
      rmSync(join(root, path), { recursive: true });
      expect(() => checkGovernance(root)).toThrow();
    },
  );

  it.each([
    ['schema', { 'schema.graphql': 'type {' }],
    ['manifest', { 'package.json': '{"dependencies":["ws"]}' }],
  ])('fails with a malformed %s', (_, files) => {
    expect(() => checkGovernance(project(files))).toThrow();
  });
});

describe('the command', () => {
  const run = (root: string) =>
    promisify(execFile)(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      join(projectRoot, 'ci', 'check-governance.ts'),
      root,
    ]);

  it('calls this project clean', async () => {
    expect(await run(projectRoot)).toMatchObject({ stdout: 'Governance: CLEAN\n', stderr: '' });
  });

  it('exits with 1 on a breach, and with 2 when it cannot tell', async () => {
    const breach = run(project({ 'src/a.ts': 'openWebSocket();\n' }));
    await expect(breach).rejects.toMatchObject({ code: 1, stderr: 'src/a.ts:1: websocket\n' });
    const malformed = run(project({ 'ci/forbidden-vocabulary.yaml': 'forbidden: []\n' }));
    await expect(malformed).rejects.toMatchObject({ code: 2, stdout: '' });
  });
});
