import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Worker as Thread } from 'node:worker_threads';

/** Node publishes every thread here while it is being made. */
const CHANNEL = 'worker_threads';

/** A thread that a library made, and what the library returned. */
export interface CaughtThread<T> {
  /** Null when none was made. */
  thread: Thread | null;
  result: T;
}

/**
 * Calls `spawn` and catches the thread that it makes before it returns. Libraries keep theirs to themselves until it has
 * started; one that never does could not be ended.
 */
export function catchThread<T>(spawn: () => T): CaughtThread<T> {
  let thread: Thread | null = null;
  const note = (message: unknown) => {
    const made = typeof message === 'object' && message && 'worker' in message ? message.worker : null;
    if (made instanceof Thread) thread = made;
  };
  subscribe(CHANNEL, note);
  try {
    const result = spawn();
    return { thread, result };
  } finally {
    unsubscribe(CHANNEL, note);
  }
}
