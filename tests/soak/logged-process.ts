import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { z } from 'zod';

const readySchema = z.object({ ready: z.string() });

/** A process of the product whose log is read line by line, and kept in a file. */
export interface LoggedProcess {
  pid: number;
  /** What it said when it was ready; rejects when it ends before. */
  ready: Promise<string>;
  /** Resolves when it is gone. */
  exited: Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a built entry of the product. It ends with this process, because it loses its channel then. */
export function startLogged(options: {
  entry: string;
  environment: NodeJS.ProcessEnv;
  logFile: string;
  onLine(line: string): void;
}): LoggedProcess {
  const child = spawn(process.execPath, ['--enable-source-maps', options.entry], {
    env: options.environment,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C is ours to pass on.
    detached: true,
  });
  const file = createWriteStream(options.logFile, { flags: 'a' });
  const read = (stream: Readable | null) => {
    if (!stream) throw new Error('The process has no output.');
    createInterface({ input: stream }).on('line', (line) => {
      file.write(`${line}\n`);
      options.onLine(line);
    });
  };
  read(child.stdout);
  read(child.stderr);

  const ready = Promise.withResolvers<string>();
  // Whoever starts a process may be content with its end.
  ready.promise.catch(() => {});
  const exited = Promise.withResolvers<void>();
  child.on('message', (message) => {
    const said = readySchema.safeParse(message);
    if (said.success) ready.resolve(said.data.ready);
  });
  child.once('exit', () => {
    ready.reject(new Error(`${options.entry} ended before it was ready: see ${options.logFile}`));
    exited.resolve();
  });
  return {
    pid: child.pid ?? 0,
    ready: ready.promise,
    exited: exited.promise,
    kill: (signal) => void child.kill(signal),
  };
}
