import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { isAlive, waitUntilGone } from '../../helpers/process-life.ts';
import { superviseStandIn, type Behaviour, type SupervisedStandIn } from '../../helpers/stand-in-child.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const parent = temporaryDirectory();
/** So long that a restart after a delay would not be seen by any test. */
const NEVER_MS = 300_000;
let running: SupervisedStandIn;

function start(plan: Behaviour[], delays: [number, number, number], graceMs?: number): SupervisedStandIn {
  const folder = mkdtempSync(join(parent, 'supervise-'));
  running = superviseStandIn({ folder, plan, delays, ...(graceMs === undefined ? {} : { graceMs }) });
  return running;
}

/** Reads the delays that the supervisor announced, in milliseconds. */
const announced = ({ log }: SupervisedStandIn) =>
  [...log().matchAll(/"restartInMs":(\d+)/g)].map(([, delay]) => Number(delay));

afterEach(async () => {
  running.supervisor.kill('SIGKILL');
  for (const pid of running.pids().filter(isAlive)) process.kill(pid, 'SIGKILL');
  await running.ended;
});

describe('a supervisor', () => {
  it('starts a child that crashes again and again, with doubled delays up to the longest', async () => {
    const { generation } = start(['crash'], [200, 500, NEVER_MS]);
    const starts: number[] = [];
    for (const number of [1, 2, 3, 4]) {
      await generation(number);
      starts.push(performance.now());
    }
    await waitFor(async () => (announced(running).length >= 4 ? true : undefined), 10_000, 'four ends');
    expect(announced(running).slice(0, 4)).toEqual([200, 400, 500, 500]);
    // What it announces is what it does; the test itself looks only every 50 ms.
    const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    gaps.forEach((gap, index) => expect(gap).toBeGreaterThanOrEqual(([200, 400, 500][index] ?? 0) - 60));
  });

  it('begins with the first delay again after a child that ran long enough', async () => {
    await start(['crash'], [10, 1_000, 0]).generation(4);
    expect(new Set(announced(running))).toEqual(new Set([10]));
  });

  it('replaces a child that asks for it at once, and forwards only the first readiness', async () => {
    const { generation, forwarded } = start(['replace', 'replace', 'stay'], [NEVER_MS, NEVER_MS, NEVER_MS]);
    await generation(3);
    expect(announced(running)).toEqual([]);
    expect(forwarded).toEqual([{ ready: 'child' }]);
  });

  it('exits with 1 when the first child fails before it was ready, and tries no second', async () => {
    const { ended, pids, forwarded } = start(['fail'], [1, 1, 1]);
    expect(await ended).toEqual([1, null]);
    expect(pids()).toHaveLength(1);
    expect(forwarded).toEqual([]);
    expect(running.log()).toContain('ended before it was ready');
  });

  it('goes on trying when only a later child fails to start', async () => {
    const { generation } = start(['crash', 'fail', 'fail', 'stay'], [10, 20, NEVER_MS]);
    await generation(4);
    expect(isAlive(running.supervisor.pid ?? 0)).toBe(true);
    expect(announced(running)).toEqual([10, 20, 20]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'passes %s on, waits for the child, and exits 0',
    async (signal) => {
      const { generation, supervisor, ended, notes } = start(['stay'], [NEVER_MS, NEVER_MS, NEVER_MS]);
      const child = await generation(1);
      await waitFor(async () => running.forwarded[0], 10_000, 'readiness');
      supervisor.kill(signal);
      expect(await ended).toEqual([0, null]);
      expect(notes()).toEqual(['SIGTERM']);
      expect(isAlive(child)).toBe(false);
    },
  );

  it('exits 0 on a signal while it waits to start a child again', async () => {
    const { supervisor, ended } = start(['crash'], [NEVER_MS, NEVER_MS, NEVER_MS]);
    await waitFor(async () => announced(running)[0], 10_000, 'the child to have crashed');
    supervisor.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('kills a child that ignores the signal, after the grace', async () => {
    const { generation, supervisor, ended, notes } = start(['deaf'], [NEVER_MS, NEVER_MS, NEVER_MS], 700);
    const child = await generation(1);
    await waitFor(async () => running.forwarded[0], 10_000, 'readiness');
    const told = performance.now();
    supervisor.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(performance.now() - told).toBeGreaterThanOrEqual(690);
    expect(notes()).toEqual(['SIGTERM']);
    expect(isAlive(child)).toBe(false);
  });

  it('starts a new child for one that was killed', async () => {
    const { generation } = start(['stay'], [10, 10, NEVER_MS]);
    const first = await generation(1);
    // A first child that ends before it was ready has no successor.
    await waitFor(async () => running.forwarded[0], 10_000, 'readiness');
    process.kill(first, 'SIGKILL');
    expect(isAlive(await generation(2))).toBe(true);
    expect(running.log()).toContain('"signal":"SIGKILL"');
  });

  it.each([
    ['whose work does not end', 'hang'],
    ['that was still loading', 'late'],
  ] as const)('leaves no child when it is killed itself, not even one %s', async (_which, behaviour) => {
    const { generation, supervisor } = start([behaviour], [NEVER_MS, NEVER_MS, NEVER_MS]);
    const child = await generation(1);
    supervisor.kill('SIGKILL');
    await waitUntilGone([child]);
  });
});
