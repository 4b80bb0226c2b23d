import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../config.ts';
import { AppError } from '../errors.ts';

const run = promisify(execFile);

/**
 * Runs one of the worker's one-shot programs (`entry` below `dist/worker`) to its end, as a process of its own because the API's
 * side never imports the worker's; resolves to what it printed.
 * @throws AppError TOOL_UNAVAILABLE when it fails, or the signal's reason.
 */
export async function runWorkerTool(
  entry: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  try {
    const file = join(projectRoot, 'dist', 'worker', entry);
    const { stdout } = await run(process.execPath, ['--enable-source-maps', file, ...args], { signal });
    return stdout.trim();
  } catch (cause) {
    signal.throwIfAborted();
    throw new AppError('TOOL_UNAVAILABLE', `The program ${entry} failed. What it printed stands below.`, {
      cause,
    });
  }
}
