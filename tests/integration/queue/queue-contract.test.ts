import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSilentLogger } from '../../../src/logger.ts';
import { createMemoryQueue } from '../../../src/queue/memory-queue.ts';
import { createPgBossQueue } from '../../../src/queue/pg-boss-queue.ts';
import type { QueueService } from '../../../src/queue/queue-service.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/test-database.ts';

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
  beforeEach(async () => {
    for (let entry = await queue.dequeue(); entry; entry = await queue.dequeue())
      await queue.acknowledge(entry);
  });
  afterAll(() => queue.close());

  const enqueue = async (priority?: number) => {
    const jobId = randomUUID();
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
    await queue.keepAlive(first);
    await queue.release(first);
    const second = await queue.dequeue();
    expect(second).toMatchObject({ jobId, redeliveries: 1 });
    if (!second) throw new Error('nothing was delivered');
    await queue.acknowledge(second);
    expect(await queue.dequeue()).toBeNull();
  });
});
