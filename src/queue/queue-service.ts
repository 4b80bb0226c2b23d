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

/** Where a new entry stands in the queue. */
export interface QueuePlace {
  /** 0..9, larger first; default 0. */
  priority?: number;
  /** Among equal priorities the smaller goes first, from 0 to MAX_TURN; default 0. */
  turn?: number;
  /** Entries of one group are bounded together: see `dequeue`. None is bounded by nothing. */
  group?: string;
  /** Milliseconds before which it is not delivered; default 0. */
  delayMs?: number;
}

/** Larger turns count as this one. */
export const MAX_TURN = 99_999_999;

/**
 * The durable list of jobs that wait for a worker: highest priority first, then by turn, then first in, first out.
 * An entry that was dequeued is gone for others until it is acknowledged, released, or its worker falls silent.
 * Beside it lies the dead-letter queue, for jobs that no further attempt is made at unless somebody asks for it.
 */
export interface QueueService {
  /** Adds a job that has no entry. */
  enqueue(jobId: string, options?: QueueOptions & QueuePlace): Promise<void>;
  /**
   * Takes the next job, or null when none waits. `maxPerGroup`: groups with so many entries delivered and not yet
   * settled are passed over.
   */
  dequeue(options?: QueueOptions & { maxPerGroup?: number }): Promise<QueueEntry | null>;
  /**
   * The job is settled: its entry is done, even if the queue has given its worker up, as long as no other has got it
   * since.
   */
  acknowledge(entry: QueueEntry, options?: QueueOptions): Promise<void>;
  /** The job was not settled: its entry goes back to its place, and is delivered again after `delayMs`, default 0. */
  release(entry: QueueEntry, options?: QueueOptions & { delayMs?: number }): Promise<void>;
  /**
   * Takes the job's entry away, whether it waits, is being worked on, is done or is a dead letter. No entry is no
   * error.
   */
  remove(jobId: string, options?: QueueOptions): Promise<void>;
  /** Puts a job that has no entry into the dead-letter queue. */
  bury(jobId: string, options?: QueueOptions): Promise<void>;
  /** Takes the job out of the dead-letter queue alone. */
  dropDeadLetter(jobId: string, options?: QueueOptions): Promise<void>;
  /** Ids of jobs in the dead-letter queue, oldest first, at most `limit`. */
  deadLetters(limit: number): Promise<string[]>;
  /** Tells the queue again and again that the entry's worker lives, until `close`. */
  keepAlive(entry: QueueEntry): { close(): void };
  /** Number of jobs that wait and could be delivered now. */
  size(): Promise<number>;
  /** Number of entries that are delivered and not settled. */
  delivered(options?: QueueOptions): Promise<number>;
  close(): Promise<void>;
}
