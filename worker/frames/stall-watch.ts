import { readFileSync } from 'node:fs';

/** Notices when a child gets nothing done although somebody waits for it. */
export interface StallWatch {
  /** The child has written something. */
  noteOutput(): void;
  /** Whether anybody waits for output; while nobody does, silence is no stall. Somebody does from the beginning. */
  expectOutput(expected: boolean): void;
  close(): void;
}

/** How many looks in a row must find nothing new. Counted instead of timed, because this process may be held up too. */
const SILENT_LOOKS = 4;

/**
 * Calls `onStall` once when the process `pid` has neither written nor read anything for `stallMs` (a quarter more at
 * the most). Reading counts because an index of gigabytes is read, and frames between two samples are decoded, without
 * a word; a process that only burns processor time is taken for a hanging one. Where the system does not tell what a
 * process reads, writing alone counts.
 */
export function watchForStall(pid: number, stallMs: number, onStall: () => void): StallWatch {
  let outputs = 0;
  let expected = true;
  let silentLooks = 0;
  let seen = '';
  const timer = setInterval(() => {
    const now = `${outputs}:${readBytes(pid)}`;
    silentLooks = expected && now === seen ? silentLooks + 1 : 0;
    seen = now;
    if (silentLooks < SILENT_LOOKS) return;
    clearInterval(timer);
    onStall();
  }, stallMs / SILENT_LOOKS);

  return {
    noteOutput() {
      outputs += 1;
    },
    expectOutput(value) {
      if (value && !expected) silentLooks = 0;
      expected = value;
    },
    close: () => clearInterval(timer),
  };
}

/** How many bytes the process has read so far, from wherever; 0 where the system does not tell. */
function readBytes(pid: number): number {
  try {
    return Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
