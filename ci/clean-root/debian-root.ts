import { appendFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MIRROR = 'http://deb.debian.org/debian';
const SECURITY_MIRROR = 'http://deb.debian.org/debian-security';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** What a container engine, too, lets a build see of the machine it runs on. */
const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
const CERTIFICATES = '/etc/extra-certificates.pem';
const TAIL_CHARACTERS = 3_000;

/** Runs programs to their end and keeps what they print in a file. */
export interface Runner {
  (program: string, ...args: readonly string[]): Promise<void>;
}

/** A runner that appends all output to `logFile`. It throws with the end of the output when a program fails. */
export function createRunner(logFile: string): Runner {
  return async (program, ...args) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let tail = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        appendFileSync(logFile, text);
        tail = (tail + text).slice(-TAIL_CHARACTERS);
      });
    }
    const [code] = await once(child, 'close');
    if (code !== 0)
      throw new Error(`${program} ended with ${String(code)}. The end of what it said:\n${tail}`);
  };
}

/** Fills `root` with a minimal Debian of that release, with the sources that Debian's own images have. */
export async function installDebian(run: Runner, root: string, release: string): Promise<void> {
  await run('debootstrap', '--variant=minbase', release, root, MIRROR);
  const lines = [
    `deb ${MIRROR} ${release} main`,
    `deb ${MIRROR} ${release}-updates main`,
    `deb ${SECURITY_MIRROR} ${release}-security main`,
  ];
  await writeFile(join(root, 'etc', 'apt', 'sources.list'), `${lines.join('\n')}\n`);
}

/**
 * Puts Node and npm into `root`: the only thing here that no step of the Dockerfile does. It stands in for what the image
 * node:24 has on top of Debian. Node is the one of the lockfile, npm the one that runs this program.
 */
export async function installNode(root: string, from: { node: string; npm: string }): Promise<void> {
  const target = join(root, 'usr', 'local');
  await mkdir(join(target, 'lib', 'node_modules'), { recursive: true });
  await cp(from.node, join(target, 'bin', 'node'), { dereference: true });
  await cp(from.npm, join(target, 'lib', 'node_modules', 'npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(target, 'bin', 'npm'));
}

/** Runs a shell command inside `root`, as its root user and with the network of this machine. */
export async function runInRoot(
  run: Runner,
  root: string,
  command: string,
  { workdir, environment }: { workdir: string; environment: Readonly<Record<string, string>> },
): Promise<void> {
  const passed = PROXY_VARIABLES.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [`${name}=${value}`];
  });
  const certificates = process.env['NODE_EXTRA_CA_CERTS'];
  if (certificates !== undefined) {
    await writeFile(join(root, CERTIFICATES), await readFile(certificates));
    passed.push(`NODE_EXTRA_CA_CERTS=${CERTIFICATES}`);
  }
  const variables = [
    `PATH=${PATH}`,
    'HOME=/root',
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    ...passed,
  ];
  const proc = join(root, 'proc');
  await run('mount', '-t', 'proc', 'proc', proc);
  try {
    await run('chroot', root, 'env', '-i', '-C', workdir, ...variables, '/bin/sh', '-c', command);
  } finally {
    await run('umount', proc);
  }
}

/** The environment of a container's process, as `NAME=value`. */
export function containerVariables(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries({ PATH, HOME: '/tmp', ...environment }).map(([name, value]) => `${name}=${value}`);
}
