import { readdirSync, readFileSync } from 'node:fs';

/** Processor time in seconds, by what it was spent on. */
export interface CpuAccount {
  /** Children that have ended: ffmpeg and ffprobe. */
  decode: number;
  detect: number;
  ocr: number;
  /** The event loop. */
  main: number;
  /** The garbage collector, the compilers and input and output. */
  runtime: number;
}

/** Linux counts in hundredths of a second. */
const TICKS_A_SECOND = 100;
const STATE_FIELD = 2;
/** Finds lines of text for the reader. */
const LINE_FINDER = 'line-finder';

/** What this process has spent so far (Linux); threads are told apart by their names. */
export function readCpuAccount(): CpuAccount {
  const account: CpuAccount = { decode: 0, detect: 0, ocr: 0, main: 0, runtime: 0 };
  for (const thread of readdirSync('/proc/self/task')) {
    const name = readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim();
    const [user = 0, system = 0] = readTimes(`/proc/self/task/${thread}/stat`);
    account[stageOf(name)] += user + system;
  }
  const [, , user = 0, system = 0] = readTimes('/proc/self/stat');
  account.decode += user + system;
  return account;
}

/** What was spent from one reading to the next. */
export function spentBetween(before: CpuAccount, after: CpuAccount): CpuAccount {
  return {
    decode: after.decode - before.decode,
    detect: after.detect - before.detect,
    ocr: after.ocr - before.ocr,
    main: after.main - before.main,
    runtime: after.runtime - before.runtime,
  };
}

function stageOf(threadName: string): keyof CpuAccount {
  if (threadName === 'detector') return 'detect';
  // tesseract.js does not name its threads, and nothing else here makes any without a name.
  if (threadName === 'WorkerThread' || threadName === LINE_FINDER) return 'ocr';
  return threadName === 'MainThread' ? 'main' : 'runtime';
}

/** User and system time, and those of children that have ended, in seconds. */
function readTimes(path: string): number[] {
  const stat = readFileSync(path, 'utf8');
  // The name, in parentheses, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(13 - STATE_FIELD, 17 - STATE_FIELD).map((ticks) => Number(ticks) / TICKS_A_SECOND);
}
