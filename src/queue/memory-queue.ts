import { randomUUID } from 'node:crypto';
import type { QueueEntry, QueueService } from './queue-service.ts';

interface Waiting extends QueueEntry {
  priority: number;
  turn: number;
  group: string | undefined;
  /** When it was enqueued: entries of one place keep this order, also when they come back. */
  order: number;
  /** Milliseconds of the epoch before which it is not delivered. */
  notBefore: number;
}

/** A queue in this process's memory, for unit tests: it forgets everything at exit and takes part in no transaction. */
export function createMemoryQueue(): QueueService {
  let waiting: Waiting[] = [];
  const delivered = new Map<string, Waiting>();
  const dead = new Set<string>();
  let orders = 0;

  const isDue = ({ notBefore }: Waiting) => notBefore <= Date.now();
  const deliveredOf = (group: string | undefined) =>
    group === undefined ? 0 : [...delivered.values()].filter((entry) => entry.group === group).length;

  return {
    async enqueue(jobId, { priority = 0, turn = 0, group, delayMs = 0 } = {}) {
      orders += 1;
      const place = { priority, turn, group, order: orders, notBefore: Date.now() + delayMs };
      waiting.push({ jobId, entryId: randomUUID(), redeliveries: 0, ...place });
    },

    async dequeue({ maxPerGroup = Infinity } = {}) {
      const [entry] = waiting
        .filter((candidate) => isDue(candidate) && deliveredOf(candidate.group) < maxPerGroup)
        .toSorted((a, b) => b.priority - a.priority || a.turn - b.turn || a.order - b.order);
      if (!entry) return null;
      waiting = waiting.filter((other) => other !== entry);
      delivered.set(entry.entryId, entry);
      return { jobId: entry.jobId, entryId: entry.entryId, redeliveries: entry.redeliveries };
    },

    async acknowledge({ entryId, redeliveries }) {
      if (delivered.get(entryId)?.redeliveries === redeliveries) delivered.delete(entryId);
      waiting = waiting.filter((e) => e.entryId !== entryId || e.redeliveries !== redeliveries + 1);
    },

    async release(entry, { delayMs = 0 } = {}) {
      const known = delivered.get(entry.entryId);
      if (!known) return;
      delivered.delete(entry.entryId);
      waiting.push({ ...known, redeliveries: known.redeliveries + 1, notBefore: Date.now() + delayMs });
    },

    async remove(jobId) {
      waiting = waiting.filter((entry) => entry.jobId !== jobId);
      for (const entry of delivered.values()) if (entry.jobId === jobId) delivered.delete(entry.entryId);
      dead.delete(jobId);
    },

    async bury(jobId) {
      dead.add(jobId);
    },

    async dropDeadLetter(jobId) {
      dead.delete(jobId);
    },

    async deadLetters(limit) {
      return [...dead].slice(0, limit);
    },

    keepAlive: () => ({ close() {} }),

    async size() {
      return waiting.filter(isDue).length;
    },

    async delivered() {
      return delivered.size;
    },

    async close() {
      waiting = [];
      delivered.clear();
      dead.clear();
    },
  };
}
