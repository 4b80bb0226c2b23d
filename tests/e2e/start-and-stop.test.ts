import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { childEnvironment, projectRoot } from '../../src/config.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitFor } from '../helpers/wait-for.ts';

const dataDirectory = temporaryDirectory();
beforeAll(() => chmod(dataDirectory, 0o755));

/** Starts the whole stack as `npm start` does, and resolves to its URL when it says that it is ready. */
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
  const pids = new Set<number>();
  for await (const line of createInterface({ input: child.stdout })) {
    const pid = /"pid":(\d+)/.exec(line)?.[1];
    if (pid) pids.add(Number(pid));
    const url = /GraphQL:\s+(\S+)\/graphql/.exec(line)?.[1];
    if (url) return { child, url, pids };
  }
  throw new Error('The stack ended before it was ready.');
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const allGone = (pids: Set<number>) =>
  waitFor(async () => ([...pids].some(isAlive) ? undefined : true), 10_000, 'all processes to be gone');

describe('npm start', () => {
  it('stops everything within 10 s of a signal, even a repeated one, and exits 0', async () => {
    const { child, url, pids } = await start();
    child.stdout.resume();
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    expect(pids.size).toBeGreaterThanOrEqual(2);
    const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
    expect((await page.text()).toLowerCase()).toContain('sandbox');
    const exit = once(child, 'exit', { signal: AbortSignal.timeout(10_000) });
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await exit).toEqual([0, null]);
    await allGone(pids);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  it('leaves no API and no worker when it is killed, and starts again afterwards', async () => {
    const killed = await start();
    killed.child.stdout.resume();
    killed.child.kill('SIGKILL');
    await allGone(killed.pids);
    const again = await start();
    again.child.stdout.resume();
    const exit = once(again.child, 'exit');
    again.child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });
});
