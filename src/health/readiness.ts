import type { Logger } from '../logger.ts';
import { shareRunning } from '../share-running.ts';
import { withTimeLimit } from '../time-limit.ts';

/** Resolves when one thing that the process needs is in order, and rejects when it is not. */
export type ReadyCheck = () => Promise<void>;

/** What `/readyz` answers with. It names what fails and never why, because anybody may ask; the log says why. */
export interface ReadinessReport {
  status: 'ready' | 'unready';
  checks: Record<string, 'ok' | 'failed' | 'starting' | 'stopping'>;
}

/** Whether a process can do its work at the moment. */
export interface Readiness {
  /** The process has started: from now on these checks decide. */
  begin(checks: Readonly<Record<string, ReadyCheck>>): void;
  /** Runs all checks; it takes about two seconds at most. */
  report(): Promise<ReadinessReport>;
}

/** How long a check may take, in milliseconds. */
const CHECK_MS = 2_000;

/** See Readiness. A process is unready before `begin` and once `stopping` is aborted. */
export function createReadiness(deps: {
  logger: Logger;
  stopping: AbortSignal;
  checkMs?: number;
}): Readiness {
  const { logger, stopping, checkMs = CHECK_MS } = deps;
  const failing = new Set<string>();
  let begun: [string, ReadyCheck][] | undefined;

  const passes = async ([name, check]: [string, ReadyCheck]): Promise<boolean> => {
    try {
      await withTimeLimit(check(), checkMs, () => new Error(`The check took longer than ${checkMs} ms.`));
      if (failing.delete(name)) logger.info({ check: name }, `ready again: ${name}`);
      return true;
    } catch (error) {
      // Probes come every few seconds, so only the first failure of a row is told.
      if (!failing.has(name)) logger.warn({ check: name, err: error }, `not ready: ${name}`);
      failing.add(name);
      return false;
    }
  };

  return {
    begin(checks) {
      // However often somebody asks, and however long a check hangs, none runs twice at a time.
      begun = Object.entries(checks).map(([name, check]) => [name, shareRunning(check)]);
    },
    async report() {
      if (stopping.aborted) return { status: 'unready', checks: { process: 'stopping' } };
      if (!begun) return { status: 'unready', checks: { process: 'starting' } };
      const outcomes = await Promise.all(
        begun.map(async (check) => [check[0], await passes(check)] as const),
      );
      return {
        status: outcomes.every(([, isFine]) => isFine) ? 'ready' : 'unready',
        checks: Object.fromEntries(outcomes.map(([name, isFine]) => [name, isFine ? 'ok' : 'failed'])),
      };
    },
  };
}
