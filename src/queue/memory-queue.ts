import { randomUUID } from 'node:crypto';
import type { QueueEntry, QueueService } from './queue-service.ts';

interface Waiting extends QueueEntry {
  priority: number;
}

/** A queue in this process's memory, for unit tests: it forgets everything at exit and takes part in no transaction. */
export function createMemoryQueue(): QueueService {
  const waiting: Waiting[] = [];
  const delivered = new Map<string, Waiting>();

  return {
    keepAliveMs: 1_000,

    async enqueue(jobId, { priority = 0 } = {}) {
      waiting.push({ jobId, entryId: randomUUID(), redeliveries: 0, priority });
    },

    async dequeue() {
      const highest = Math.max(...waiting.map((entry) => entry.priority));
      const index = waiting.findIndex((entry) => entry.priority === highest);
      const [entry] = index < 0 ? [] : waiting.splice(index, 1);
      if (!entry) return null;
      delivered.set(entry.entryId, entry);
      return { jobId: entry.jobId, entryId: entry.entryId, redeliveries: entry.redeliveries };
    },

    async acknowledge(entry) {
      delivered.delete(entry.entryId);
    },

    async release(entry) {
      const known = delivered.get(entry.entryId);
      if (!known) return;
      delivered.delete(entry.entryId);
      waiting.unshift({ ...known, redeliveries: known.redeliveries + 1 });
    },

    async remove(jobId) {
      const index = waiting.findIndex((entry) => entry.jobId === jobId);
      if (index >= 0) waiting.splice(index, 1);
      for (const entry of delivered.values()) if (entry.jobId === jobId) delivered.delete(entry.entryId);
    },

    async keepAlive() {},

    async size() {
      return waiting.length;
    },

    async close() {
      waiting.length = 0;
      delivered.clear();
    },
  };
}
