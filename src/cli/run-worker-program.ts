import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '../config.ts';

/**
 * Runs one of the worker's programs (`entry` below `dist/worker`) to its end, with our own terminal; resolves to its exit
 * code. Ctrl-C reaches it as it reaches us, and it ends by itself.
 */
export async function runWorkerProgram(entry: string, args: readonly string[]): Promise<number> {
  const file = join(projectRoot, 'dist', 'worker', entry);
  const child = spawn(process.execPath, ['--enable-source-maps', file, ...args], { stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  process.on('SIGINT', pass);
  process.on('SIGTERM', pass);
  try {
    const [exitCode] = await once(child, 'close');
    return typeof exitCode === 'number' ? exitCode : 1;
  } finally {
    process.off('SIGINT', pass);
    process.off('SIGTERM', pass);
  }
}
