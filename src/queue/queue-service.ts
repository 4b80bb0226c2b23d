import type { EntityManager } from 'typeorm';

/** One delivery of a job to one worker. */
export interface QueueEntry {
  readonly jobId: string;
  /** Id of the entry inside the queue. */
  readonly entryId: string;
  /** How often the entry has been delivered before. */
  readonly redeliveries: number;
}

/** Lets a change of the queue take part in the caller's database transaction. */
export interface QueueOptions {
  transaction?: EntityManager;
}

/**
 * The durable list of jobs that wait for a worker: highest priority first, then first in, first out.
 * An entry that was dequeued is gone for others until it is acknowledged, released, or its worker falls silent.
 */
export interface QueueService {
  /** Adds a job that has no entry. `priority` 0..9, larger first; default 0. */
  enqueue(jobId: string, options?: QueueOptions & { priority?: number }): Promise<void>;
  /** Takes the next job, or null when none waits. */
  dequeue(): Promise<QueueEntry | null>;
  /** The job is settled: its entry is done. */
  acknowledge(entry: QueueEntry, options?: QueueOptions): Promise<void>;
  /** The job was not settled: its entry goes back and is delivered again. */
  release(entry: QueueEntry, options?: QueueOptions): Promise<void>;
  /** Takes the job's entry away, whether it waits, is being worked on or is done. No entry is no error. */
  remove(jobId: string, options?: QueueOptions): Promise<void>;
  /** Tells the queue that the entry's worker lives. To be called every `keepAliveMs`. */
  keepAlive(entry: QueueEntry): Promise<void>;
  readonly keepAliveMs: number;
  /** Number of jobs that wait. */
  size(): Promise<number>;
  close(): Promise<void>;
}
