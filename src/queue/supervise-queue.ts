import { setTimeout as delay } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';

/** How the queue is supervised. */
export interface Supervision {
  /** Milliseconds between two looks. */
  intervalMs: number;
  /** Milliseconds for which the database must have answered again before anyone is given up. */
  graceMs: number;
  /** Hears of looks that failed. */
  onError: (error: unknown) => void;
}

/**
 * Looks again and again, until `close`, for entries whose workers are dead, and tidies the queue, as pg-boss would by
 * itself. But pg-boss does not know of the database's absence: when that comes back after longer than a heartbeat may be
 * missed, all workers look dead, until each has beaten once more. So nobody is given up before they have had that time.
 * `boss` must have been started, and is to be stopped after `close`: that waits for the look that is under way.
 */
export function superviseQueue(boss: PgBoss, supervision: Supervision): { close(): void } {
  const { intervalMs, graceMs, onError } = supervision;
  const closing = new AbortController();
  const { signal } = closing;
  let wasAway = false;
  let trustedFrom = 0;

  const look = async () => {
    const asked = performance.now();
    // A statement that a frozen server still runs once it goes on must not be the one that gives up workers.
    await boss.getDb().executeSql('SELECT 1');
    const answered = performance.now();
    if (wasAway || answered - asked > intervalMs) trustedFrom = answered + graceMs;
    wasAway = false;
    if (answered >= trustedFrom && !signal.aborted) await boss.supervise();
  };

  const loop = async () => {
    for (;;) {
      // Ends early when closing: that is no error.
      await delay(intervalMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        await look();
      } catch (error) {
        wasAway = true;
        if (!signal.aborted) onError(error);
      }
    }
  };
  void loop();
  return { close: () => closing.abort() };
}
