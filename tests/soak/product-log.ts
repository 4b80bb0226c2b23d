import { z } from 'zod';

const lineSchema = z.object({
  time: z.number(),
  pid: z.number(),
  name: z.string(),
  level: z.number(),
  msg: z.string(),
  jobId: z.string().optional(),
  attempt: z.number().optional(),
  mismatch: z.string().optional(),
  childPid: z.number().optional(),
});

/** One start of a job by a worker. */
export interface JobStart {
  jobId: string;
  pid: number;
  /** Milliseconds since the epoch. */
  at: number;
  /** When the worker was done with it, by its own account. */
  endedAt?: number;
}

/** What the log lines of all processes of a run tell. Lines are in the order in which they were written, by process. */
export interface ProductLog {
  /** `onChild` is called when a supervisor says which child it has. */
  add(line: string, onChild?: (pid: number) => void): void;
  /** The latest start of a job by that worker before `at`. */
  lastStartOf(pid: number, at: number): JobStart | undefined;
  /** When the job was in the queue again after `at`; undefined when it was settled or deleted instead. */
  queuedAgain(jobId: string, at: number): number | undefined;
  /** Workers that had a job in hand at that moment. */
  busyAt(at: number): JobStart[];
  /** Attempts that went on from a checkpoint of an earlier one. */
  resumed(): number;
  /** Disagreements of rows and queue that the product found by itself, by their kind. */
  readonly mended: ReadonlyMap<string, number>;
  /** Errors that nobody foresaw, as they were logged. */
  readonly unexpected: readonly string[];
}

/** Messages of what nobody foresaw; whatever else is logged as an error has a code, or is an outage. */
const UNEXPECTED = /unexpected error|the heartbeat thread failed|dropped a queue entry/;
const DONE = /: running -> (?:completed|failed|pending)$|^gave up a job that is no longer ours$/;
const BACK = ': running -> pending';
const LEFT = /: (?:running -> (?:completed|failed|pending)|pending or running -> canceled|deleted)$/;

export function createProductLog(): ProductLog {
  const starts: JobStart[] = [];
  /** Whenever a job was not running any more, in the order of the lines. */
  const left: { jobId: string; at: number; back: boolean }[] = [];
  const mended = new Map<string, number>();
  const unexpected: string[] = [];
  let resumed = 0;
  const lastOf = (matches: (start: JobStart) => boolean) => starts.findLast(matches);

  return {
    mended,
    unexpected,
    resumed: () => resumed,
    add(text, onChild) {
      const parsed = lineSchema.safeParse(parseJson(text));
      if (!parsed.success) return;
      const { time: at, pid, msg, jobId, mismatch, childPid } = parsed.data;
      if (childPid !== undefined) onChild?.(childPid);
      if (UNEXPECTED.test(msg)) unexpected.push(text);
      if (mismatch !== undefined) mended.set(mismatch, (mended.get(mismatch) ?? 0) + 1);
      if (jobId === undefined) return;
      if (LEFT.test(msg)) left.push({ jobId, at, back: msg.endsWith(BACK) });
      if (parsed.data.name !== 'worker') return;
      if (msg.endsWith(': pending -> running')) starts.push({ jobId, pid, at });
      else if (msg.endsWith(': going on from a checkpoint')) resumed += 1;
      else if (DONE.test(msg)) {
        const start = lastOf((one) => one.pid === pid && one.jobId === jobId);
        if (start) start.endedAt ??= at;
      }
    },
    lastStartOf: (pid, at) => lastOf((start) => start.pid === pid && start.at <= at),
    queuedAgain: (jobId, at) => {
      const [next] = left
        .filter((one) => one.jobId === jobId && one.at > at)
        .toSorted((one, other) => one.at - other.at);
      return next?.back ? next.at : undefined;
    },
    busyAt: (at) => {
      const latest = new Map<number, JobStart>();
      for (const start of starts) if (start.at <= at) latest.set(start.pid, start);
      return [...latest.values()].filter(({ endedAt }) => endedAt === undefined || endedAt > at);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
