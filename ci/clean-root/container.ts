import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { containerVariables } from './debian-root.ts';

/** What all containers of an image have in common. */
export interface ContainerImage {
  /** Folder with the image's files. */
  root: string;
  /** Numbers of user and group, with a colon between them. */
  user: string;
  workdir: string;
  environment: Readonly<Record<string, string>>;
}

/** A root that cannot be written to, for one container. */
export interface Container {
  /** Starts the container's process, as the first of a process namespace; what it prints goes to the file. */
  start(words: readonly string[], logFile: string): ContainerProcess;
  /** Runs a further program in it and resolves to what it printed. Throws when it fails. */
  execute(words: readonly string[]): Promise<string>;
}

/** The running process of a container. */
export interface ContainerProcess {
  /** Asks it to stop as an engine would, and resolves to its exit code. */
  stop(): Promise<number | null>;
  /** Ends it by force, if it still runs, and resolves when it is gone. */
  kill(): Promise<void>;
  /** Exit code, or null, when it has ended; undefined while it runs. */
  ended(): number | null | undefined;
}

/**
 * Mounts the image's files read-only at `folder`, with what engines add: /proc, an empty /tmp and /dev/shm, and `data` at
 * /data. Programs in it run as the image's user, without capabilities, and cannot gain any.
 */
export function createContainer(image: ContainerImage, folder: string, data: string): Container {
  mkdirSync(folder);
  const mount = (...args: readonly string[]) => execFileSync('mount', args);
  mount('--bind', image.root, folder);
  mount('-o', 'remount,bind,ro', folder);
  mount('-t', 'proc', 'proc', join(folder, 'proc'));
  for (const place of ['tmp', 'dev/shm'])
    mount('-t', 'tmpfs', '-o', 'mode=1777', 'tmpfs', join(folder, place));
  mount('--bind', data, join(folder, 'data'));

  const [uid, gid] = image.user.split(':');
  const enter = [
    ...['chroot', folder, 'setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'],
    ...['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--'],
    ...['env', '-i', '-C', image.workdir, ...containerVariables(image.environment)],
  ];

  return {
    start(words, logFile) {
      const log = openSync(logFile, 'a');
      const namespaces = ['--pid', '--fork', '--kill-child', `--mount-proc=${join(folder, 'proc')}`];
      const child = spawn('unshare', [...namespaces, '--', ...enter, ...words], {
        stdio: ['ignore', log, log],
      });
      return containerProcess(child);
    },

    async execute(words) {
      const [program = 'chroot', ...args] = [...enter, ...words];
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      let complaint = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
      const [code] = await once(child, 'close');
      if (code !== 0)
        throw new Error(`${words.join(' ')} ended with ${String(code)}:\n${complaint}${output}`);
      return output;
    },
  };
}

function containerProcess(child: ChildProcess): ContainerProcess {
  const closed = once(child, 'close');
  return {
    async stop() {
      // unshare itself heeds no signal: the container's first process is its child.
      const { pid } = child;
      if (pid === undefined) throw new Error('The container was never started.');
      const first = z.coerce
        .number()
        .int()
        .min(2)
        .parse(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
      process.kill(first, 'SIGTERM');
      await closed;
      return child.exitCode;
    },
    async kill() {
      // The container's first process, and with it all others, dies with unshare.
      child.kill('SIGKILL');
      await closed;
    },
    ended: () => (child.exitCode === null && child.signalCode === null ? undefined : child.exitCode),
  };
}
