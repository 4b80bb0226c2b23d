import { getEventListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import { expect, it } from '@jest/globals';
import { ERRORS } from '@tus/utils';
import { createUploadLocker, type UploadLocker } from '../../../src/http/upload-locker.ts';

const ID = '0b7e4f0a-8a55-4d0b-9d3a-5c1d0f6f2b11';
const inTime = new AbortController().signal;
const deaf = () => {};

async function hold(locker: UploadLocker, requestRelease: () => void = deaf, id = ID) {
  const lock = locker.newLock(id);
  await lock.lock(inTime, requestRelease);
  return lock;
}

it('serves those that wait in the order in which they came', async () => {
  const locker = createUploadLocker();
  const first = await hold(locker);
  const served: number[] = [];
  const waiting = [1, 2, 3, 4].map(async (n) => {
    const lock = await hold(locker);
    served.push(n);
    // Somebody who comes now has to wait behind those that are there already.
    if (n === 1) waiting.push(hold(locker).then((late) => (served.push(5), late.unlock())));
    await lock.unlock();
  });
  await first.unlock();
  await Promise.all(waiting);
  await Promise.all(waiting);
  expect(served).toEqual([1, 2, 3, 4, 5]);
  expect(locker.size).toBe(0);
});

it('asks whoever holds an upload to let go as soon as another wants it, and wakes that one then', async () => {
  const locker = createUploadLocker();
  const asked: string[] = [];
  const first = await hold(locker, () => asked.push('first'));
  expect(asked).toEqual([]);
  const second = hold(locker, () => asked.push('second'));
  expect(asked).toEqual(['first']);
  const third = hold(locker, () => asked.push('third'));
  await first.unlock();
  const secondLock = await second;
  // The third waits still, so the second is asked in its turn.
  expect(asked.at(-1)).toBe('second');
  await secondLock.unlock();
  await (await third).unlock();
  expect(asked).not.toContain('third');
  expect(locker.size).toBe(0);
});

it('keeps uploads apart, however their ids are written', async () => {
  const locker = createUploadLocker(1);
  const lock = await hold(locker);
  const other = await hold(locker, deaf, 'f3c0a1de-0000-4000-8000-000000000000');
  await expect(hold(locker, deaf, ID.toUpperCase())).rejects.toBe(ERRORS.ERR_LOCK_TIMEOUT);
  await lock.unlock();
  await other.unlock();
  expect(locker.size).toBe(0);
});

it('gives up after its time and steps out of the line, and sleeps until then', async () => {
  const locker = createUploadLocker(500);
  let asked = 0;
  const lock = await hold(locker, () => (asked += 1));
  const before = performance.eventLoopUtilization();
  await expect(hold(locker)).rejects.toBe(ERRORS.ERR_LOCK_TIMEOUT);
  // Of a loop that asks in each of its turns, this is 1; of one that sleeps, next to nothing.
  expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
  expect(asked).toBe(1);
  await lock.unlock();
  expect(locker.size).toBe(0);
});

it('gives up when its request ends, before and while it waits', async () => {
  const locker = createUploadLocker();
  const lock = await hold(locker);
  const request = new AbortController();
  const refused = expect(locker.newLock(ID).lock(request.signal, deaf)).rejects.toBe(ERRORS.ABORTED);
  const behind = hold(locker);
  request.abort();
  await refused;
  expect(getEventListeners(request.signal, 'abort')).toEqual([]);
  await expect(locker.newLock(ID).lock(request.signal, deaf)).rejects.toBe(ERRORS.ABORTED);
  await lock.unlock();
  await (await behind).unlock();
  expect(locker.size).toBe(0);
});

it('leaves neither timers nor listeners behind when it was served', async () => {
  const locker = createUploadLocker(20);
  const request = new AbortController();
  const lock = await hold(locker);
  const served = locker.newLock(ID);
  const waiting = served.lock(request.signal, deaf);
  expect(getEventListeners(request.signal, 'abort')).toHaveLength(1);
  await lock.unlock();
  await waiting;
  expect(getEventListeners(request.signal, 'abort')).toEqual([]);
  // The time of another runs out, which came later: the one that was served holds the upload still.
  await expect(hold(locker)).rejects.toBe(ERRORS.ERR_LOCK_TIMEOUT);
  await served.unlock();
  expect(locker.size).toBe(0);
});

it('refuses a request whose holder cannot be asked, and an unlock by whoever holds nothing', async () => {
  const locker = createUploadLocker();
  const lock = await hold(locker, () => {
    throw new Error('it does not listen');
  });
  await expect(hold(locker)).rejects.toThrow('does not listen');
  await expect(locker.newLock(ID).unlock()).rejects.toThrow('not locked');
  await lock.unlock();
  await expect(lock.unlock()).rejects.toThrow('not locked');
  expect(locker.size).toBe(0);
});
