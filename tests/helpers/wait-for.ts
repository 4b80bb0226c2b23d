import { setTimeout as delay } from 'node:timers/promises';

/** Between two questions, in milliseconds: what is not there at once is asked for less and less often. */
const [SHORTEST_PAUSE, LONGEST_PAUSE] = [20, 250];
/** The part of the time waited so far that the next pause takes. */
const PAUSE_SHARE = 0.1;

/** Asks `probe` again and again until it answers something other than undefined; fails after `timeoutMs`. */
export async function waitFor<T>(
  probe: () => Promise<T | undefined>,
  timeoutMs: number,
  what: string,
): Promise<T> {
  const begun = Date.now();
  for (;;) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    const waited = Date.now() - begun;
    if (waited > timeoutMs) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}`);
    await delay(Math.min(Math.max(waited * PAUSE_SHARE, SHORTEST_PAUSE), LONGEST_PAUSE));
  }
}
