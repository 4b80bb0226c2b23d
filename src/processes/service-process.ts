import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../errors.ts';

const readySchema = z.object({ ready: z.string() });

/** For a process that is not ready yet, and so has nothing in hand. */
const START_GRACE_MS = 1_000;

/** How a process ended: one of the two is null. Both are when it could not even be started. */
export interface ProcessEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
}

/** One of our long-running processes, started and owned by this one. */
export interface ServiceProcess {
  name: string;
  pid: number;
  /** What the process said when it was ready, for instance its URL. */
  ready: string;
  /** Resolves when the process has ended, however it did. */
  exited: Promise<ProcessEnd>;
  /** Asks the process to stop, and kills it after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts `entry` (a JavaScript file) and waits until it says that it is ready.
 * @throws AppError TOOL_UNAVAILABLE when it ends before that, or the signal's reason.
 */
export async function startServiceProcess(options: {
  name: string;
  entry: string;
  environment: NodeJS.ProcessEnv;
  /** File that its output is appended to; our own output when not given. */
  logFile?: string;
  signal: AbortSignal;
}): Promise<ServiceProcess> {
  const { name, signal } = options;
  signal.throwIfAborted();
  const output = options.logFile === undefined ? 'inherit' : openSync(options.logFile, 'a', 0o600);
  const child = spawn(process.execPath, ['--enable-source-maps', options.entry], {
    env: options.environment,
    stdio: ['ignore', output, output, 'ipc'],
    // Ctrl-C reaches every process of the terminal's group; the order of stopping is ours to decide.
    detached: true,
  });
  if (typeof output === 'number') closeSync(output);

  const exit = Promise.withResolvers<ProcessEnd>();
  const ready = Promise.withResolvers<string>();
  const where = options.logFile === undefined ? 'its messages above' : `its log ${options.logFile}`;
  const end = (how: ProcessEnd, cause?: unknown) => {
    exit.resolve(how);
    ready.reject(
      new AppError('TOOL_UNAVAILABLE', `The ${name} ended before it was ready. See ${where}.`, { cause }),
    );
  };
  child.once('exit', (exitCode, signalName) => end({ exitCode, signal: signalName }));
  child.on('error', (error) => {
    // Anything else that fails with a child, such as a message to it, shows in its end.
    if (child.pid === undefined) end({ exitCode: null, signal: null }, error);
  });
  child.on('message', (message) => {
    const parsed = readySchema.safeParse(message);
    if (parsed.success) ready.resolve(parsed.data.ready);
  });
  const abort = () => ready.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });

  const stop = async (graceMs: number) => {
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await exit.promise;
    clearTimeout(kill);
  };
  try {
    return { name, pid: child.pid ?? 0, ready: await ready.promise, exited: exit.promise, stop };
  } catch (error) {
    await stop(START_GRACE_MS);
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
