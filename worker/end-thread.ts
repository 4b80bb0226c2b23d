import type { Worker } from 'node:worker_threads';
import { withTimeLimit } from '../src/time-limit.ts';

/** JavaScript and WebAssembly end at once, a thread inside a native library only when that returns. */
const ENDING_MS = 5_000;

/** Ends a thread; resolves when it has ended, or when it cannot be waited for any longer: then it ends with the process. */
export async function endThread(thread: Pick<Worker, 'terminate'>, endingMs = ENDING_MS): Promise<void> {
  await withTimeLimit(thread.terminate(), endingMs, () => new Error('The thread does not end.')).catch(
    () => {},
  );
}
