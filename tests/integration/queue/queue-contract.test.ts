import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createSilentLogger } from '../../../src/logger.ts';
import { createMemoryQueue } from '../../../src/queue/memory-queue.ts';
import { createPgBossQueue } from '../../../src/queue/pg-boss-queue.ts';
import { MAX_TURN, type QueueService } from '../../../src/queue/queue-service.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/test-database.ts';
import { waitFor } from '../../helpers/wait-for.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe.each([
  ['memory', async () => createMemoryQueue()],
  ['pg-boss', () => createPgBossQueue(database.url, createSilentLogger())],
])('the %s queue', (_name, create) => {
  let queue: QueueService;
  beforeAll(async () => {
    queue = await create();
  });
  const known = new Set<string>();
  /** An id that is taken out of the queue after the test, whatever became of it. */
  const newId = () => {
    const jobId = randomUUID();
    known.add(jobId);
    return jobId;
  };
  afterEach(async () => {
    for (const jobId of known) await queue.remove(jobId);
    known.clear();
  });
  afterAll(() => queue.close());

  const enqueue = async (priority?: number) => {
    const jobId = newId();
    await queue.enqueue(jobId, priority === undefined ? {} : { priority });
    return jobId;
  };

  it('answers null when it is empty', async () => {
    expect(await queue.dequeue()).toBeNull();
    expect(await queue.size()).toBe(0);
  });

  it('is first in, first out among equal priorities', async () => {
    const jobIds = [await enqueue(), await enqueue(), await enqueue()];
    const taken = [await queue.dequeue(), await queue.dequeue(), await queue.dequeue()];
    expect(taken.map((entry) => entry?.jobId)).toEqual(jobIds);
  });

  it('delivers higher priorities first', async () => {
    const low = await enqueue(1);
    const high = await enqueue(9);
    expect((await queue.dequeue())?.jobId).toBe(high);
    expect((await queue.dequeue())?.jobId).toBe(low);
  });

  it('counts what waits, not what is being worked on', async () => {
    await enqueue();
    await enqueue();
    expect(await queue.size()).toBe(2);
    await queue.dequeue();
    expect(await queue.size()).toBe(1);
  });

  it('delivers an acknowledged entry never again, and a released one at once', async () => {
    const jobId = await enqueue();
    const first = await queue.dequeue();
    if (!first) throw new Error('nothing was delivered');
    expect(await queue.dequeue()).toBeNull();
    await queue.release(first);
    const second = await queue.dequeue();
    expect(second).toMatchObject({ jobId, redeliveries: 1 });
    if (!second) throw new Error('nothing was delivered');
    await queue.acknowledge(second);
    expect(await queue.dequeue()).toBeNull();
  });

  it('lets a worker that was given up settle its entry as long as no other has got it', async () => {
    await enqueue();
    const slow = (await queue.dequeue()) ?? fail();
    await queue.release(slow);
    await queue.acknowledge(slow);
    expect([await queue.dequeue(), await queue.size(), await queue.delivered()]).toEqual([null, 0, 0]);

    const jobId = await enqueue();
    const late = (await queue.dequeue()) ?? fail();
    await queue.release(late);
    const successor = await queue.dequeue();
    await queue.acknowledge(late);
    expect(await queue.delivered()).toBe(1);
    await queue.release(successor ?? fail());
    await queue.acknowledge(late);
    expect(await queue.dequeue()).toMatchObject({ jobId, redeliveries: 2 });
  });

  it('delivers smaller turns of one priority first, and a released entry in its old place', async () => {
    const place = async (turn: number, priority = 3) => {
      const jobId = newId();
      await queue.enqueue(jobId, { priority, turn });
      return jobId;
    };
    const late = await place(7);
    const first = await place(2);
    const urgent = await place(MAX_TURN + 5, 4);
    const second = await place(2);
    const take = async () => (await queue.dequeue()) ?? fail();
    const urgentEntry = await take();
    expect(urgentEntry.jobId).toBe(urgent);
    const entry = await take();
    expect(entry.jobId).toBe(first);
    await queue.release(entry);
    expect((await take()).jobId).toBe(first);
    expect((await take()).jobId).toBe(second);
    expect((await take()).jobId).toBe(late);
  });

  it('delivers a delayed entry when its time has come, and does not count it before', async () => {
    const jobId = newId();
    await queue.enqueue(jobId, { delayMs: 300 });
    expect([await queue.dequeue(), await queue.size()]).toEqual([null, 0]);
    const entry = await waitFor(async () => (await queue.dequeue()) ?? undefined, 10_000, 'the delay to end');
    await queue.release(entry, { delayMs: 300 });
    expect(await queue.dequeue()).toBeNull();
    const again = await waitFor(async () => (await queue.dequeue()) ?? undefined, 10_000, 'the second delay');
    expect(again).toMatchObject({ jobId, redeliveries: 1 });
  });

  it('passes over groups that have as many deliveries as they may', async () => {
    const jobIds = Array.from({ length: 4 }, () => newId());
    for (const jobId of jobIds.slice(0, 3)) await queue.enqueue(jobId, { group: 'ann' });
    await queue.enqueue(jobIds[3] ?? '', { group: 'bob' });
    const take = () => queue.dequeue({ maxPerGroup: 2 });
    const taken = [await take(), await take(), await take(), await take()];
    expect(taken.map((entry) => entry?.jobId)).toEqual([jobIds[0], jobIds[1], jobIds[3], undefined]);
    expect(await queue.delivered()).toBe(3);
    await queue.acknowledge(taken[0] ?? fail());
    expect((await take())?.jobId).toBe(jobIds[2]);
  });

  it('takes away an entry in whatever state, and a dead letter', async () => {
    const [waiting, delivered, dead] = [newId(), newId(), newId()];
    await queue.enqueue(delivered);
    await queue.dequeue();
    await queue.enqueue(waiting);
    await queue.bury(dead);
    expect(await queue.deadLetters(10)).toEqual([dead]);
    for (const jobId of [waiting, delivered, dead]) await queue.remove(jobId);
    expect([await queue.size(), await queue.delivered(), await queue.deadLetters(10)]).toEqual([0, 0, []]);
  });
});

function fail(): never {
  throw new Error('nothing was delivered');
}
