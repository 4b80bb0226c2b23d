import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../src/config.ts';
import { waitFor } from './wait-for.ts';

/** A point at which a process of the product pauses or fails; the product has no hooks for it (see chaos-faults.mjs). */
export type Fault =
  /** The first renaming to a path that `target` (a regular expression) matches waits, until it is let go on. */
  | { kind: 'pause'; target: string; marker: string }
  /** Files whose first bytes are `begins` find no room, until the file `lifted` is there. */
  | { kind: 'full disk'; begins: string; marker: string; lifted: string };

const preload = pathToFileURL(join(projectRoot, 'tests/helpers/chaos-faults.mjs')).href;

/** The environment in which a process meets the faults. */
export function withFaults(faults: readonly Fault[]): Record<string, string> {
  return { NODE_OPTIONS: `--import=${preload}`, CHAOS_FAULTS: JSON.stringify(faults) };
}

/** Waits until a process meets the fault that writes `marker`, and resolves to the path that it was about to write. */
export function waitForFault(marker: string, timeoutMs = 60_000): Promise<string> {
  return waitFor(
    async () => (existsSync(marker) ? readFileSync(marker, 'utf8') || undefined : undefined),
    timeoutMs,
    `a process to write ${marker}`,
  );
}

/** Lets the process go on that paused with `marker`. */
export function goOn(marker: string): void {
  writeFileSync(`${marker}.go`, '');
}
