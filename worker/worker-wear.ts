/** Counts what a worker process has gone through, so that it is replaced before slow leaks do harm. */
export interface WorkerWear {
  /** To be called after each job, however it ended. */
  jobDone(): void;
  /** To be called when a part of the process is broken and will not mend: it is replaced after the job in hand. */
  giveUp(why: string): void;
  /** Why the process should be replaced, for the log; null while it is fit. Wear alone never shows before the first job. */
  reason(): string | null;
}

/**
 * `maxJobs`: how many jobs a process runs. `maxMemoryBytes`: how much resident memory it may have between two jobs.
 * `residentBytes` measures it.
 */
export function createWorkerWear(options: {
  maxJobs: number;
  maxMemoryBytes: number;
  residentBytes?: () => number;
}): WorkerWear {
  const { maxJobs, maxMemoryBytes, residentBytes = () => process.memoryUsage.rss() } = options;
  let jobs = 0;
  let broken: string | null = null;
  return {
    jobDone() {
      jobs += 1;
    },
    giveUp(why) {
      broken ??= why;
    },
    reason() {
      if (broken !== null) return broken;
      // A limit below what a fresh process needs must not make it be replaced for ever without any work done.
      if (jobs === 0) return null;
      if (jobs >= maxJobs) return `It has run ${jobs} jobs, as many as WORKER_MAX_JOBS allows.`;
      const bytes = residentBytes();
      if (bytes <= maxMemoryBytes) return null;
      return `Its memory of ${bytes} bytes is above WORKER_MAX_MEMORY_BYTES (${maxMemoryBytes}).`;
    },
  };
}
