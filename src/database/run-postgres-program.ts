import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { PostgresHome } from './postgres-account.ts';

const run = promisify(execFile);

/** Seconds that a server may take until it accepts connections. */
export const START_TIMEOUT_S = 60;

/**
 * Runs a program of the embedded Postgres as the user of its cluster, and gives its standard output.
 * @throws AppError TOOL_UNAVAILABLE with what the program said, when it fails.
 */
export async function runPostgresProgram(
  home: PostgresHome,
  program: 'initdb' | 'pg_ctl',
  args: readonly string[],
): Promise<string> {
  try {
    const { stdout } = await run(join(home.installation, 'bin', program), args, {
      ...home.account,
      cwd: home.clusterParent,
      timeout: (START_TIMEOUT_S + 30) * 1000,
    });
    return stdout;
  } catch (cause) {
    throw new AppError(
      'TOOL_UNAVAILABLE',
      `The embedded Postgres failed (${program})${complaintOf(cause)}. ` +
        "A server that does not start writes why to server.log in the cluster's folder. " +
        'Mend what they say, or set DATABASE_URL to a Postgres of yours.',
      { cause },
    );
  }
}

const failedProgram = z.object({ stderr: z.string() });

/** The first line of what a failed program wrote to standard error; the rest is advice. */
function complaintOf(cause: unknown): string {
  const failure = failedProgram.safeParse(cause);
  const line = failure.success ? failure.data.stderr.trim().split('\n')[0] : '';
  return line ? `: ${line}` : '';
}
