import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { childEnvironment, projectRoot } from '../../src/config.ts';
import { isAlive, waitUntilGone } from '../helpers/process-life.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitFor } from '../helpers/wait-for.ts';

const dataDirectory = temporaryDirectory();
beforeAll(() => chmod(dataDirectory, 0o755));

/** Starts the whole stack as `npm start` does, and resolves when it says that it is ready. */
async function start() {
  const child = spawn(process.execPath, [join(projectRoot, 'dist/src/cli/foregsyte.js'), 'start'], {
    env: childEnvironment({
      DATA_DIR: dataDirectory,
      MODELS_DIR: join(projectRoot, 'data', 'models'),
      PORT: '0',
      DATABASE_URL: '',
    }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  /** What the first matching line of the output has in the pattern's group. */
  const said = (pattern: RegExp) =>
    waitFor(
      async () => lines.map((line) => pattern.exec(line)?.[1]).find((match) => match !== undefined),
      60_000,
      `the stack to print ${pattern.source}`,
    );
  const url = await said(/GraphQL:\s+(\S+)\/graphql/);
  const pidOf = async (name: string, event: string) =>
    Number(await said(new RegExp(`"pid":(\\d+).*"name":"${name}".*${event}`)));
  const pids = {
    api: await pidOf('api', 'API ready'),
    supervisor: await pidOf('supervisor', 'the worker runs'),
    worker: await pidOf('worker', 'worker ready'),
  };
  return { child, url, pids, said };
}

describe('npm start', () => {
  it('stops everything within 10 s of a signal, even a repeated one, and exits 0', async () => {
    const { child, url, pids } = await start();
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    expect(new Set([child.pid, ...Object.values(pids)]).size).toBe(4);
    const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
    expect((await page.text()).toLowerCase()).toContain('sandbox');
    const exit = once(child, 'exit', { signal: AbortSignal.timeout(10_000) });
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await exit).toEqual([0, null]);
    await waitUntilGone(Object.values(pids));
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  it('survives its worker, but not the supervisor of its worker', async () => {
    const { child, url, pids, said } = await start();
    process.kill(pids.worker, 'SIGKILL');
    const successor = Number(
      await said(new RegExp(`"pid":(?!${pids.worker},)(\\d+).*"name":"worker".*worker ready`)),
    );
    expect([successor, pids.api, pids.supervisor].map(isAlive)).toEqual([true, true, true]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const exit = once(child, 'exit', { signal: AbortSignal.timeout(20_000) });
    process.kill(pids.supervisor, 'SIGKILL');
    expect(await exit).toEqual([1, null]);
    await waitUntilGone([successor, pids.api]);
  });

  it('leaves no API and no worker when it is killed, and starts again afterwards', async () => {
    const killed = await start();
    killed.child.kill('SIGKILL');
    await waitUntilGone(Object.values(killed.pids));
    const again = await start();
    const exit = once(again.child, 'exit');
    again.child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });
});
