import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { SCOPES } from '../../src/access/caller.ts';
import { childEnvironment, projectRoot } from '../../src/config.ts';
import { makeKey } from '../helpers/api-keys.ts';
import { answerPattern, listBlocks, listCommands, withoutSpace } from '../helpers/documented-blocks.ts';
import { startLimitingProxy } from '../helpers/limiting-proxy.ts';
import { startService, TINY_VIDEO, type RunningService } from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const run = promisify(execFile);
/** Enough for a command that waits until a job is completed on a busy machine. */
const COMMAND_MS = 120_000;
const nodeModules = join(projectRoot, 'node_modules');
const hasCurl = spawnSync('curl', ['--version']).status === 0;
const hasReact = ['react', '@apollo/client'].every((name) => existsSync(join(nodeModules, name)));

const blocks = listBlocks(readFileSync(join(projectRoot, 'docs', 'clients.md'), 'utf8'));
const commands = listCommands(blocks);
/** The TypeScript of the document, by the file name in the first line of each block. */
const files = blocks
  .filter(({ language }) => language === 'ts' || language === 'tsx')
  .map(({ text, line }) => {
    const path = /^\/\/ (\S+)\n/.exec(text)?.[1];
    if (path === undefined) throw new Error(`The block in line ${line} does not begin with its file name.`);
    return { path, text };
  });

const dataDirectory = temporaryDirectory();
/** The reader's folder. */
const folder = temporaryDirectory();
const state = join(folder, '.variables');
let service: RunningService;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  service = await startService({
    dataDirectory,
    worker: true,
    environment: { AUTHENTICATION: 'keys', NODE_ENV: 'production' },
  });
  const key = await makeKey(service.database.url, 'reader', SCOPES);
  environment = childEnvironment({ URL: service.url, KEY: key, npm_config_offline: 'true' });
  // The blocks call the Node that runs the tests, whatever another one on the machine is.
  environment['PATH'] = [dirname(process.execPath), environment['PATH']].join(delimiter);

  await copyFile(TINY_VIDEO, join(folder, 'video.mp4'));
  await copyFile(join(projectRoot, 'schema.graphql'), join(folder, 'schema.graphql'));
  await symlink(nodeModules, join(folder, 'node_modules'));
  await mkdir(join(folder, 'src'));
  for (const { path, text } of files) await writeFile(join(folder, path), text);
  await writeFile(state, '');
});
afterAll(() => service.stop());

/** Runs a block as a reader would who pastes one after the other into the same shell. */
async function runBlock(text: string): Promise<string> {
  const script = `source "${state}"\nset -a\ntrap 'export -p > "${state}"' EXIT\n${text}\n`;
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env: environment,
    timeout: COMMAND_MS,
    killSignal: 'SIGKILL',
  });
  return stdout;
}

async function compile(paths: readonly string[], options: Record<string, unknown>): Promise<void> {
  const compilerOptions = {
    target: 'es2024',
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    ...options,
  };
  const project = join(folder, 'tsconfig.json');
  await writeFile(project, JSON.stringify({ compilerOptions, files: paths }));
  // A compiler that complains does so on standard output.
  const { stdout } = await run(join(nodeModules, '.bin', 'tsc'), ['-p', project], {
    cwd: folder,
    env: environment,
  }).catch((error: { stdout: string }) => error);
  expect(stdout).toBe('');
}

const describeWithCurl = hasCurl ? describe : describe.skip;

describeWithCurl(`docs/clients.md${hasCurl ? '' : ' (skipped: there is no curl on this machine)'}`, () => {
  it.each(commands)(
    'line $line, $heading: the command answers what the document says',
    async ({ text, answer }) => {
      expect(withoutSpace(await runBlock(text))).toMatch(answerPattern(answer));
    },
    COMMAND_MS,
  );

  it('shows every operation of the schema', async () => {
    const shown = commands.map(({ text }) => text).join('\n');
    const schema = buildSchema(await readFile(join(projectRoot, 'schema.graphql'), 'utf8'));
    const operations = [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
      Object.keys(root?.getFields() ?? {}),
    );
    expect(operations).toEqual(expect.arrayContaining(['job', 'submitVideo', 'service']));
    expect(operations.filter((name) => !new RegExp(`\\b${name}[ (]`).test(shown))).toEqual([]);
  });

  it('has a polling loop that waits as long as a refusal says', async () => {
    const retryAfterMs = 300;
    const proxy = await startLimitingProxy(service.url, retryAfterMs);
    try {
      const { stdout } = await run(process.execPath, ['analyse.ts'], {
        cwd: folder,
        env: { ...environment, URL: proxy.url },
        timeout: COMMAND_MS,
      });
      expect(stdout).toMatch(/^COMPLETED /m);
      const waits = proxy.requests.flatMap(({ at, refused }, index) => {
        const next = proxy.requests[index + 1];
        return refused && next ? [next.at - at] : [];
      });
      expect(waits.length).toBeGreaterThan(1);
      // Timers count whole milliseconds, so they may end a little early.
      expect(Math.min(...waits)).toBeGreaterThan(retryAfterMs - 5);
    } finally {
      await proxy.close();
    }
  });

  it('has scripts that compile under strict', () =>
    compile(
      files.flatMap(({ path }) => (path.endsWith('.ts') ? [path] : [])),
      { types: ['node'] },
    ));

  // React is none of our packages: without it, only the syntax can be checked.
  it(`has components that ${hasReact ? 'compile under strict' : 'are free of syntax errors'}`, () =>
    compile(
      files.flatMap(({ path }) => (path.endsWith('.tsx') ? [path] : [])),
      { lib: ['es2024', 'dom'], types: [], jsx: 'react-jsx', noCheck: !hasReact },
    ));
});
