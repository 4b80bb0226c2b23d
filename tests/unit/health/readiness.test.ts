import { expect, it } from '@jest/globals';
import { createReadiness } from '../../../src/health/readiness.ts';
import { createSilentLogger } from '../../../src/logger.ts';

const fine = async () => {};
const readinessOf = (stopping = new AbortController()) =>
  createReadiness({ logger: createSilentLogger(), stopping: stopping.signal, checkMs: 20 });

it('is unready before the process has begun, and once it is told to stop', async () => {
  const stopping = new AbortController();
  const readiness = readinessOf(stopping);
  expect(await readiness.report()).toEqual({ status: 'unready', checks: { process: 'starting' } });
  readiness.begin({ storage: fine });
  expect(await readiness.report()).toEqual({ status: 'ready', checks: { storage: 'ok' } });
  stopping.abort();
  expect(await readiness.report()).toEqual({ status: 'unready', checks: { process: 'stopping' } });
});

it('names the checks that fail or hang, not why, and is ready again when they pass', async () => {
  const readiness = readinessOf();
  let isBroken = true;
  readiness.begin({
    fine,
    async broken() {
      if (isBroken) throw new Error('/secret/path');
    },
  });
  expect(await readiness.report()).toEqual({ status: 'unready', checks: { fine: 'ok', broken: 'failed' } });
  isBroken = false;
  expect(await readiness.report()).toEqual({ status: 'ready', checks: { fine: 'ok', broken: 'ok' } });
});

it('runs no check twice at a time, however long it hangs and however often it is asked for', async () => {
  const readiness = readinessOf();
  const hanging = Promise.withResolvers<void>();
  let runs = 0;
  readiness.begin({
    hangs() {
      runs += 1;
      return hanging.promise;
    },
  });
  const failed = { status: 'unready', checks: { hangs: 'failed' } };
  expect(await Promise.all([readiness.report(), readiness.report()])).toEqual([failed, failed]);
  expect(await readiness.report()).toEqual(failed);
  expect(runs).toBe(1);
  hanging.resolve();
});
