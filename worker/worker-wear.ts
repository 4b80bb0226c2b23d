/** Counts what a worker process has gone through, so that it is replaced before slow leaks do harm. */
export interface WorkerWear {
  /** To be called after each job, however it ended. */
  jobDone(): void;
  /** Why the process should be replaced, for the log; null while it is fit. Never before its first job is done. */
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
  return {
    jobDone() {
      jobs += 1;
    },
    reason() {
      // A limit below what a fresh process needs must not make it be replaced for ever without any work done.
      if (jobs === 0) return null;
      if (jobs >= maxJobs) return `It has run ${jobs} jobs, as many as WORKER_MAX_JOBS allows.`;
      const bytes = residentBytes();
      if (bytes <= maxMemoryBytes) return null;
      return `Its memory of ${bytes} bytes is above WORKER_MAX_MEMORY_BYTES (${maxMemoryBytes}).`;
    },
  };
}
