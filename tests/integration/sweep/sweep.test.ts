import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createSilentLogger } from '../../../src/logger.ts';
import { startSweeper } from '../../../src/sweep/start-sweeper.ts';
import { createSweep, type SweepStep } from '../../../src/sweep/sweep.ts';
import { useTestServices } from '../../helpers/test-services.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const services = useTestServices({ SWEEP_INTERVAL_MS: '100' });
const logger = createSilentLogger();
const sweepOf = (...steps: SweepStep[]) => createSweep({ dataSource: services().dataSource, logger, steps });

/** A step that waits inside until it is let go. */
function gatedStep() {
  const [inside, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const run = async () => {
    inside.resolve();
    await gate.promise;
    return 1;
  };
  return { step: { name: 'gated', run }, inside: inside.promise, letGo: gate.resolve };
}

describe('one pass', () => {
  it('runs the steps in their order and reports their counts', async () => {
    const order: string[] = [];
    const step = (name: string, count: number): SweepStep => ({
      name,
      run: async () => (order.push(name), count),
    });
    expect(await sweepOf(step('first', 2), step('second', 0))()).toEqual({ first: 2, second: 0 });
    expect(order).toEqual(['first', 'second']);
  });

  it('goes on when a step fails, and tries that again with the next pass', async () => {
    let runs = 0;
    const failing: SweepStep = {
      name: 'failing',
      everyMs: 1e9,
      run: async () => {
        runs += 1;
        if (runs === 1) throw new Error('made up');
        return 5;
      },
    };
    const sweep = sweepOf(failing, { name: 'other', run: async () => 1 });
    expect(await sweep()).toEqual({ other: 1 });
    expect(await sweep()).toEqual({ failing: 5, other: 1 });
    expect(await sweep()).toEqual({ other: 1 });
  });

  it('is left out while another process sweeps, and possible again after', async () => {
    const { step, inside, letGo } = gatedStep();
    const first = sweepOf(step)();
    await inside;
    expect(await sweepOf({ name: 'other', run: async () => 1 })()).toBeNull();
    letGo();
    expect(await first).toEqual({ gated: 1 });
    expect(await sweepOf({ name: 'other', run: async () => 1 })()).toEqual({ other: 1 });
  });

  it('lets others sweep when its connection is lost', async () => {
    const { step, inside, letGo } = gatedStep();
    const first = sweepOf(step)();
    await inside;
    const { dataSource } = services();
    await dataSource.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    const swept = async () => (await sweepOf({ name: 'other', run: async () => 1 })()) ?? undefined;
    expect(await waitFor(swept, 10_000, 'the lock to be free')).toEqual({ other: 1 });
    letGo();
    await expect(first).rejects.toThrow();
  });
});

describe('the sweeper', () => {
  it('sweeps at once and again after each interval, never twice at a time, and survives a failed pass', async () => {
    let passes = 0;
    let running = 0;
    const sweep = async () => {
      passes += 1;
      running += 1;
      expect(running).toBe(1);
      for (let turn = 0; turn < 20; turn += 1) await setImmediate();
      running -= 1;
      if (passes === 1) throw new Error('made up');
      return {};
    };
    const sweeper = startSweeper({ sweep, intervalMs: 1, logger });
    await waitFor(async () => (passes >= 4 ? true : undefined), 10_000, 'four passes');
    await sweeper.close();
    const after = passes;
    for (let turn = 0; turn < 100; turn += 1) await setImmediate();
    expect([passes, running]).toEqual([after, 0]);
  });

  it('closes without waiting for the interval, and tells the pass to end', async () => {
    const { step, inside, letGo } = gatedStep();
    const seen: string[] = [];
    const waiting: SweepStep = {
      name: 'waiting',
      run: async (signal) => {
        signal.addEventListener('abort', () => letGo());
        return step.run();
      },
    };
    const after: SweepStep = { name: 'after', run: async () => seen.push('after') };
    const sweeper = startSweeper({ sweep: sweepOf(waiting, after), intervalMs: 3_600_000, logger });
    await inside;
    await sweeper.close();
    expect(seen).toEqual([]);
  });

  it('is there for the processes of the product', async () => {
    const { dataSource, startSweeper: start, uploads } = services();
    const upload = await uploads.begin({
      uploadId: crypto.randomUUID(),
      owner: 'ann',
      filename: 'a',
      sizeBytes: 9,
    });
    await dataSource.query('UPDATE uploads SET expires_at = now()');
    const sweeper = start();
    try {
      const isGone = async () => {
        const rows = await dataSource.query<unknown[]>('SELECT FROM uploads');
        return rows.length === 0 ? true : undefined;
      };
      await waitFor(isGone, 10_000, `the upload ${upload.uploadId} to be removed`);
    } finally {
      await sweeper.close();
    }
  });
});
