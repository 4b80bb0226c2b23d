import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import type { Logger } from '../../src/logger.ts';

/** How ffmpeg and ffprobe are kept from taking more of the machine than they need, and from outliving the worker. */
export interface Confinement {
  /** Working directory of the confined programs; it is made when one is started. */
  directory: string;
  /** The names of the tools that confine them here, and of those that this machine lacks. */
  usable: readonly string[];
  missing: readonly string[];
  /**
   * The command line that runs `program` under its limits. Each part replaces itself by the next, so the process id
   * stays the same from the first to the program. `cpuSeconds` is processor time, summed over all threads.
   */
  wrap(
    program: string,
    args: readonly string[],
    cpuSeconds: number,
  ): { program: string; args: readonly string[] };
}

interface Tool {
  name: string;
  /** What is lost without it. */
  purpose: string;
  args(cpuSeconds: number): string[];
}

/**
 * Each thread of a decoder holds frames of its own, and address space besides: on a machine with many processors, all of
 * them would take more than the limit for one large video.
 */
export const MAX_DECODER_THREADS = Math.min(availableParallelism(), 8);

/** Below the worker, so that neither its heartbeat nor the inference waits for a decoder. */
const NICENESS = 5;
const CHECK_TIMEOUT_MS = 15_000;
const run = promisify(execFile);

/**
 * Finds out which of the tools this machine has: util-linux has them all, and so has every common Linux. What is
 * missing is told once, and done without.
 */
export async function findConfinement(
  limits: { maxMemoryBytes: number; directory: string },
  logger: Logger,
): Promise<Confinement> {
  const tools: Tool[] = [
    {
      name: 'setpriv',
      purpose: 'end decoders when the worker is killed',
      args: () => ['--pdeathsig', 'KILL'],
    },
    {
      name: 'prlimit',
      purpose: 'limit their memory and processor time',
      // Soft and hard limit are the same: ffmpeg would take the soft one for a polite request to finish early.
      args: (cpuSeconds) => [`--as=${limits.maxMemoryBytes}`, `--cpu=${cpuSeconds}`, '--core=0'],
    },
    { name: 'nice', purpose: 'lower their priority', args: () => ['-n', String(NICENESS)] },
  ];
  const works = await Promise.all(tools.map(isUsable));
  const usable = tools.filter((_, index) => works[index] === true);
  const missing = tools.filter((tool) => !usable.includes(tool));
  if (missing.length > 0) {
    logger.info(
      { missing: missing.map(({ name }) => name) },
      `Decoders are confined less than they could be: nothing here can ${missing.map(({ purpose }) => purpose).join(', or ')}. ` +
        'Install util-linux to have it all.',
    );
  }
  return {
    directory: limits.directory,
    usable: usable.map(({ name }) => name),
    missing: missing.map(({ name }) => name),
    wrap(program, args, cpuSeconds) {
      const prefix = usable.flatMap((tool) => [tool.name].concat(tool.args(cpuSeconds)));
      const [first = program, ...rest] = [...prefix, program, ...args];
      return { program: first, args: rest };
    },
  };
}

/** Whether the tool is there and knows what is asked of it: small systems have tools of the same names that do not. */
async function isUsable(tool: Tool): Promise<boolean> {
  try {
    await run(tool.name, [...tool.args(60), 'true'], { timeout: CHECK_TIMEOUT_MS, killSignal: 'SIGKILL' });
    return true;
  } catch {
    return false;
  }
}
