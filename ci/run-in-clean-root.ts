/**
 * Does the steps of the Dockerfile in clean Debian roots, and has what they made complete a job: the containers' test for
 * machines without a container engine. `npm run container:try`, as root, on Debian with debootstrap and iproute2; it takes
 * minutes and the network. npm starts it in namespaces of its own, so that its mounts and processes end with it, however
 * it ends.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../src/config.ts';
import { buildStages, readAllowedFiles } from './clean-root/build-stages.ts';
import { createRunner } from './clean-root/debian-root.ts';
import { readDockerfile } from './clean-root/read-dockerfile.ts';

if (process.getuid?.() !== 0) throw new Error('Run this as root: it makes Debian roots and mounts.');
const npmProgram = process.env['npm_execpath'];
if (npmProgram === undefined) throw new Error('Run this by npm: npm run container:try');

const begun = performance.now();
const work = mkdtempSync(join(tmpdir(), 'foregsyte-clean-root-'));
chmodSync(work, 0o755);
process.on('exit', () => {
  // Whatever is still mounted below is only taken off, never emptied.
  for (const mount of mountsBelow(work)) execFileSync('umount', ['--lazy', mount]);
  rmSync(work, { recursive: true, force: true });
});
// The first process of a namespace is not ended by these unless it says so.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const context = join(work, 'context');
await checkOut(context);
const run = createRunner(join(work, 'build.log'));
const stages = readDockerfile(readFileSync(join(context, 'Dockerfile'), 'utf8'));
const root = await buildStages(
  run,
  stages,
  {
    work,
    context: await sift(context),
    node: process.execPath,
    npm: dirname(dirname(npmProgram)),
  },
  say,
);
const [mebibytes] = execFileSync('du', ['-sm', root], { encoding: 'utf8' }).split('\t');
say(`The image is made, of ${mebibytes} MiB. Without any network from here on:`);
// Nothing may be fetched at run time, so the service runs where there is no network but loopback.
const program = join(import.meta.dirname, 'clean-root', 'complete-job.ts');
const shell = 'ip link set lo up && exec "$@"';
execFileSync('unshare', ['--net', 'sh', '-c', shell, 'sh', process.execPath, program, context, root, work], {
  stdio: 'inherit',
});
say('All of it worked.');

/** What is committed, as a clone would have it. */
async function checkOut(folder: string): Promise<void> {
  mkdirSync(folder);
  const archive = join(work, 'context.tar');
  const git = createRunner(join(work, 'git.log'));
  await git('git', '-C', projectRoot, 'archive', `--output=${archive}`, 'HEAD');
  await git('tar', '-x', '-C', folder, '-f', archive);
}

/** The build's view of the checkout: only what .dockerignore lets through. */
async function sift(checkout: string): Promise<string> {
  const folder = join(work, 'sifted');
  for (const path of await readAllowedFiles(join(checkout, '.dockerignore'))) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    execFileSync('cp', ['-a', join(checkout, path), target]);
  }
  return folder;
}

/** Mounts below a folder, the innermost first. */
function mountsBelow(folder: string): string[] {
  const places = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ').slice(1, 2));
  return places.filter((place) => place.startsWith(`${folder}/`)).toReversed();
}

function say(text: string): void {
  const seconds = Math.round((performance.now() - begun) / 1000);
  console.log(`${String(seconds).padStart(4)} s  ${text}`);
}
