import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { childEnvironment, projectRoot } from '../../src/config.ts';
import type { EmbeddedPostgres } from '../../src/database/embedded-postgres.ts';
import { portOf, startOwnPostgres } from '../helpers/own-postgres.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitFor } from '../helpers/wait-for.ts';

const dataDirectory = temporaryDirectory();
let postgres: EmbeddedPostgres;
beforeAll(async () => {
  postgres = await startOwnPostgres(dataDirectory);
  await postgres.stop();
});
afterAll(() => postgres.stop());

/** Starts the API or a worker as an operator would. */
function start(entry: 'src/main.js' | 'worker/main.js', environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(projectRoot, 'dist', entry)], {
    env: childEnvironment({
      DATABASE_URL: postgres.databaseUrl,
      DATA_DIR: dataDirectory,
      MODELS_DIR: join(projectRoot, 'data', 'models'),
      PORT: '0',
      ...environment,
    }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  const says = (text: string) =>
    waitFor(async () => (output.includes(text) ? true : undefined), 30_000, `the output to say: ${text}`);
  const stop = () => child.kill('SIGTERM');
  return { says, stop, output: () => output, ended: once(child, 'exit') };
}
const countOf = (output: string, text: string) => output.split(text).length - 1;

describe('while Postgres is away', () => {
  it('API and worker wait for it, however late it comes, and say so once', async () => {
    const processes = { worker: start('worker/main.js'), api: start('src/main.js') };
    await Promise.all(
      Object.values(processes).map((process_) => process_.says('waiting for the database: Postgres')),
    );
    postgres = await startOwnPostgres(dataDirectory, portOf(postgres.databaseUrl));
    await processes.api.says('API ready');
    await processes.worker.says('worker ready');
    for (const { output, stop, ended } of Object.values(processes)) {
      expect(countOf(output(), 'waiting for the database')).toBe(1);
      expect(countOf(output(), 'the database is ready')).toBe(1);
      stop();
      expect(await ended).toEqual([0, null]);
    }
    await postgres.stop();
  });

  it.each(['src/main.js', 'worker/main.js'] as const)('%s ends at once with 0 on a signal', async (entry) => {
    const { says, stop, ended } = start(entry);
    await says('waiting for the database');
    const told = performance.now();
    stop();
    expect(await ended).toEqual([0, null]);
    expect(performance.now() - told).toBeLessThan(3_000);
  });

  it.each(['src/main.js', 'worker/main.js'] as const)('%s gives up after its time with 1', async (entry) => {
    const { ended, output } = start(entry, { DATABASE_WAIT_MS: '300' });
    expect(await ended).toEqual([1, null]);
    expect(output()).toContain('Check DATABASE_URL and that the server runs.');
  });
});

describe('a wrong DATABASE_URL', () => {
  it.each([
    ['password', (url: URL) => (url.password = 'wrong'), 'refuses the password'],
    ['database', (url: URL) => (url.pathname = '/nothing'), 'no database of the name'],
  ])('with another %s ends the API at once with 1', async (_what, change, complaint) => {
    postgres = await startOwnPostgres(dataDirectory, portOf(postgres.databaseUrl));
    const url = new URL(postgres.databaseUrl);
    change(url);
    const { ended, output } = start('src/main.js', { DATABASE_URL: url.href });
    expect(await ended).toEqual([1, null]);
    expect(output()).toContain(complaint);
    expect(output()).not.toContain('waiting for the database');
    await postgres.stop();
  });
});
