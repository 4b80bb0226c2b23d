import { cp, mkdir, readFile, stat } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { installDebian, installNode, runInRoot, type Runner } from './debian-root.ts';
import type { Stage, Step } from './read-dockerfile.ts';

/** Where things are for the steps. */
export interface BuildPlaces {
  /** Folder that gets one root for each stage. */
  work: string;
  /** Files that COPY may take: a clean checkout. */
  context: string;
  /** File of Node's program and folder of npm's package, for the stage whose image has both. */
  node: string;
  npm: string;
}

/**
 * Does the steps of all stages, each stage in a clean Debian of its own; resolves to the last one's folder. `say` is told
 * each step before it is done.
 */
export async function buildStages(
  run: Runner,
  stages: readonly Stage[],
  places: BuildPlaces,
  say: (step: string) => void,
): Promise<string> {
  const release = releaseOf(stages);
  const clean = join(places.work, 'debian');
  say(`debootstrap ${release}`);
  await installDebian(run, clean, release);
  const roots = new Map<string, string>();
  let root = clean;
  for (const [index, stage] of stages.entries()) {
    root = join(places.work, `stage-${index}`);
    say(`FROM ${stage.base}`);
    await run('cp', '-a', clean, root);
    if (stage.base.startsWith('node:')) await installNode(root, places);
    if (stage.name !== undefined) roots.set(stage.name, root);
    for (const { step, workdir, environment } of stage.steps) {
      say(describe(step));
      await mkdir(join(root, workdir), { recursive: true });
      if (step.kind === 'run') await runInRoot(run, root, step.command, { workdir, environment });
      else await copy(run, step, { root, workdir, source: sourceOf(step, roots, places.context) });
    }
  }
  return root;
}

/** The files of a build that .dockerignore lets through; it must exclude everything and name what may pass. */
export async function readAllowedFiles(dockerignore: string): Promise<readonly string[]> {
  const [first, ...allowed] = (await readFile(dockerignore, 'utf8'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (first !== '*' || allowed.some((line) => !/^![\w./-]+$/.test(line)))
    throw new Error('.dockerignore must be a line *, and then lines such as !src.');
  return allowed.map((line) => line.slice(1));
}

/** The Debian release that all base images share. */
function releaseOf(stages: readonly Stage[]): string {
  const releases = new Set(stages.map(({ base }) => /^(?:node:24-|debian:)(\w+)-slim$/.exec(base)?.[1]));
  const [release] = releases;
  if (releases.size !== 1 || release === undefined)
    throw new Error('The base images must be node:24-RELEASE-slim and debian:RELEASE-slim, of one release.');
  return release;
}

function sourceOf(
  step: Step & { kind: 'copy' },
  roots: ReadonlyMap<string, string>,
  context: string,
): string {
  if (step.from === undefined) return context;
  const root = roots.get(step.from);
  if (root === undefined) throw new Error(`There is no stage ${step.from} before this COPY.`);
  return root;
}

/** COPY: of a folder, its content; of files, the files, into a folder when the destination ends in a slash. */
async function copy(
  run: Runner,
  step: Step & { kind: 'copy' },
  { root, workdir, source }: { root: string; workdir: string; source: string },
): Promise<void> {
  const destination = join(root, posix.resolve(workdir, step.destination));
  const intoFolder = step.destination.endsWith('/');
  if (step.sources.length > 1 && !intoFolder)
    throw new Error(`The destination ${step.destination} of several files must end in a slash.`);
  for (const path of step.sources) {
    const from = join(source, path);
    if ((await stat(from)).isDirectory()) {
      await mkdir(destination, { recursive: true });
      // As COPY does, links are copied as links. Unlike Node's own copying, cp keeps their targets as they are.
      await run('cp', '-a', '--no-preserve=ownership', `${from}/.`, destination);
      continue;
    }
    const to = intoFolder ? join(destination, basename(path)) : destination;
    await mkdir(join(to, '..'), { recursive: true });
    await cp(from, to, { preserveTimestamps: true });
  }
}

function describe(step: Step): string {
  if (step.kind === 'run') return `RUN ${step.command}`;
  const from = step.from === undefined ? '' : `--from=${step.from} `;
  return `COPY ${from}${step.sources.join(' ')} ${step.destination}`;
}
