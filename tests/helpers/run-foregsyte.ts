import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { childEnvironment, projectRoot } from '../../src/config.ts';

/** What a run of the built command left. */
export interface CommandRun {
  exitCode: number | null;
  /** What it printed to standard output, to the byte. */
  bytes: Buffer;
  stdout: string;
  stderr: string;
}

/** How a run of the command is watched. */
export interface CommandWatch {
  /** Sees what is printed to standard error as it comes, and may send a signal. */
  onError?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
  /** Milliseconds that it may take. Default one minute. */
  timeoutMs?: number;
}

/** Runs `foregsyte <args>` as a process of its own. */
export async function runForegsyte(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  { onError = () => {}, timeoutMs = 60_000 }: CommandWatch = {},
): Promise<CommandRun> {
  const child = spawn(process.execPath, [join(projectRoot, 'dist/src/cli/foregsyte.js'), ...args], {
    env: childEnvironment({ DATABASE_URL: '', FOREGSYTE_URL: '', FOREGSYTE_API_KEY: '', ...environment }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.on('data', (chunk: Buffer) => onError(chunk.toString(), (signal) => child.kill(signal)));
  const exit = once(child, 'close', { signal: AbortSignal.timeout(timeoutMs) });
  const [bytes, stderr] = await Promise.all([buffer(child.stdout), text(child.stderr)]);
  await exit;
  return { exitCode: child.exitCode, bytes, stdout: bytes.toString(), stderr };
}
