import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { type Confinement, MAX_DECODER_THREADS } from './confinement.ts';
import { createLineReader } from './read-lines.ts';
import { watchForStall } from './stall-watch.ts';
import { createCrashSigns, endingOf, type ToolEnding } from './tool-ending.ts';

/** One run of ffmpeg or ffprobe. */
export interface ToolRequest {
  program: string;
  args: readonly string[];
  confinement: Confinement;
  /** What goes to standard input, if anything; the run owns it. */
  input?: Readable;
  /**
   * One entry an output, with about how many of its bytes are buffered before the child has to wait for the reader. The
   * first output is standard output, the others are the file descriptors from FIRST_FURTHER_OUTPUT on. Standard output
   * alone unless given.
   */
  bufferBytes?: readonly number[];
  /** Called with every line of standard error. */
  onLine?: (line: string) => void;
  signal: AbortSignal;
  /** Wall time in milliseconds. */
  timeoutMs: number;
  /** Milliseconds without any progress after which the run is ended; unlimited unless given. */
  stallMs?: number;
}

/** How a run ended. */
export interface ToolOutcome {
  ending: ToolEnding;
  /** Missing when it finished; else exit code or signal, the command line and the last lines of standard error. */
  failure?: Error;
}

/** A started run; its owner calls `stop` in every case. */
export interface ToolRun {
  /** Standard output. Like the further outputs, it ends when the child is gone, however it ended. */
  readonly output: PassThrough;
  /** All outputs, standard output first. */
  readonly outputs: readonly PassThrough[];
  /** Settles, without ever rejecting, when the child is gone and what it wrote has been read. */
  readonly outcome: Promise<ToolOutcome>;
  /** Says whether the reader waits for output; while it does not, silence is no stall. It does from the beginning. */
  expectOutput(expected: boolean): void;
  /** Reads what the child still writes, and drops it: a run is only over when nothing is left to read. */
  discardOutput(): void;
  /** Kills the child if it still runs, waits until it is gone and closes the streams; a second call does nothing. */
  stop(): Promise<void>;
}

/** File descriptor of the second output; the third is the next, and so on. */
export const FIRST_FURTHER_OUTPUT = 3;

const STDERR_LINES = 60;
const DEFAULT_BUFFER_BYTES = 64 * 1024;
/** Processor time that the threads of a decoder, if they never waited, would use in a second of wall time. */
const CPU_SECONDS_PER_SECOND = MAX_DECODER_THREADS;

/**
 * Starts ffmpeg or ffprobe, confined, as the leader of a session of its own: whatever ends the run also ends everything
 * that the child has started. Aborting the signal, passing the time limit and stalling kill it.
 */
export function startTool(request: ToolRequest): ToolRun {
  const { signal, confinement, input, timeoutMs, stallMs } = request;
  const [first = DEFAULT_BUFFER_BYTES, ...further] = request.bufferBytes ?? [];
  const output = new PassThrough({ readableHighWaterMark: first });
  const furtherOutputs = further.map((bytes) => new PassThrough({ readableHighWaterMark: bytes }));
  const outputs = [output, ...furtherOutputs];
  const cpuSeconds = Math.ceil((timeoutMs / 1000) * CPU_SECONDS_PER_SECOND);
  const { program, args } = confinement.wrap(request.program, request.args, cpuSeconds);
  mkdirSync(confinement.directory, { recursive: true, mode: 0o700 });
  const child = spawn(program, args, {
    cwd: confinement.directory,
    stdio: ['pipe', 'pipe', 'pipe', ...further.map(() => 'pipe' as const)],
    detached: true,
    windowsHide: true,
  });

  if (child.pid === undefined) return neverStarted(child, output, outputs, request);
  const { pid } = child;
  const pipes = [child.stdout, ...child.stdio.slice(FIRST_FURTHER_OUTPUT)].filter(
    (pipe) => pipe instanceof Readable,
  );

  let exited = false;
  let ended: { ending: ToolEnding; cause?: unknown } | undefined;
  const end = (ending: ToolEnding, cause?: unknown): void => {
    ended ??= { ending, cause };
    if (!exited) killGroup(pid);
    // A process that left the group may hold the pipes open for ever; what is in them is not wanted any more.
    for (const pipe of pipes) pipe.unpipe().destroy();
    child.stderr.destroy();
    for (const each of outputs) each.end();
  };
  const onAbort = (): void => end('stopped');
  const timer = setTimeout(() => end('timed-out'), timeoutMs);
  const watch = stallMs === undefined ? undefined : watchForStall(pid, stallMs, () => end('stalled'));

  const lastLines: string[] = [];
  const crashSigns = createCrashSigns();
  const lines = createLineReader((line) => {
    crashSigns.readLine(line);
    lastLines.push(line);
    if (lastLines.length > STDERR_LINES) lastLines.shift();
    request.onLine?.(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    watch?.noteOutput();
    lines.add(text);
  });
  for (const [index, each] of outputs.entries()) {
    pipes[index]?.on('data', () => watch?.noteOutput()).pipe(each);
  }
  // A child that does not read its input to the end is no fault; what it says about that tells more.
  child.stdin.on('error', () => {});
  if (input === undefined) child.stdin.end();
  else input.on('error', (error) => end('input-failed', error)).pipe(child.stdin);

  // Whatever it has started and left behind holds the pipes open, and nobody wants its output.
  child.once('exit', () => {
    killGroup(pid);
    exited = true;
  });
  const outcome = once(child, 'close').then((): ToolOutcome => {
    clearTimeout(timer);
    watch?.close();
    signal.removeEventListener('abort', onAbort);
    lines.end();
    for (const each of outputs) each.end();
    const ending = ended?.ending ?? endingOf(child.exitCode, child.signalCode, crashSigns.seen());
    if (ending === 'finished') return { ending };
    const how = child.signalCode ?? `code ${child.exitCode}`;
    const text = [
      `${request.program} ended with ${how} (${ending}).`,
      child.spawnargs.join(' '),
      ...lastLines,
    ];
    return { ending, failure: new Error(text.join('\n'), { cause: ended?.cause }) };
  });
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });

  return {
    output,
    outputs,
    outcome,
    expectOutput: (expected) => watch?.expectOutput(expected),
    discardOutput() {
      for (const pipe of pipes) pipe.unpipe().resume();
    },
    async stop() {
      end('stopped');
      await outcome;
      input?.destroy();
      for (const each of outputs) each.destroy();
    },
  };
}

/** The run of a child that did not come to life: it may not even have streams, and tells why a moment later. */
function neverStarted(
  child: ChildProcess,
  output: PassThrough,
  outputs: readonly PassThrough[],
  { input }: ToolRequest,
): ToolRun {
  for (const each of outputs) each.end();
  const outcome = once(child, 'error').then(([cause]: unknown[]): ToolOutcome => ({
    ending: 'not-started',
    failure: new Error(`${child.spawnfile} cannot be started.`, { cause }),
  }));
  return {
    output,
    outputs,
    outcome,
    expectOutput() {},
    discardOutput() {},
    async stop() {
      await outcome;
      input?.destroy();
      for (const each of outputs) each.destroy();
    },
  };
}

/** Kills a child with everything it has started, as far as that has not left the group. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}
