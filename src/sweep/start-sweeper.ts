import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../logger.ts';
import type { Sweep } from './sweep.ts';

/** Sweeps again and again until it is closed. */
export interface Sweeper {
  /** Ends the pass that is under way, after the thing in its hands, and begins no other. */
  close(): Promise<void>;
}

/** Sweeps now, and `intervalMs` after each pass has ended. A pass that fails is logged; the next one tries again. */
export function startSweeper(deps: { sweep: Sweep; intervalMs: number; logger: Logger }): Sweeper {
  const { sweep, intervalMs, logger } = deps;
  const closing = new AbortController();
  const { signal } = closing;

  const loop = async () => {
    while (!signal.aborted) {
      try {
        await sweep(signal);
      } catch (error) {
        logger.warn({ err: error }, 'the sweep failed; it is tried again');
      }
      // Ends early when closing: that is no error.
      await delay(intervalMs, undefined, { signal }).catch(() => {});
    }
  };
  const running = loop();
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}
