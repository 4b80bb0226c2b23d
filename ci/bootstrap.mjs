/**
 * Brings a fresh clone to a state in which the product runs, taking only the steps that are due: installs when
 * node_modules is missing or older than the lockfile, builds when the sources differ from those last built, and with
 * --model fetches the detection model. It is plain JavaScript without dependencies, because it runs before there are
 * any, and under the machine's own Node (20 or later); everything after it runs under the Node of node_modules.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCES = ['src', 'worker', 'migrations', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

process.chdir(root);
installWhenDue();
buildWhenDue();
if (process.argv.includes('--model')) run(ourNode(), ['dist/worker/models-main.js']);

function installWhenDue() {
  // npm writes this file at the end of every install, so its age is the age of node_modules.
  const marker = join('node_modules', '.package-lock.json');
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync('package-lock.json').mtimeMs) return;
  say('Installing dependencies (npm ci) ...');
  const npm = process.env.npm_execpath;
  // With the tools of development, which build: npm would leave them out where NODE_ENV is production.
  const options = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  if (npm) run(process.execPath, [npm, ...options]);
  else run('npm', options);
}

function buildWhenDue() {
  const stamp = join('dist', '.sources');
  const sources = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  say('Building ...');
  // Emptied first, so that nothing of a deleted source stays behind.
  rmSync('dist', { recursive: true, force: true });
  run(ourNode(), [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
  mkdirSync('dist', { recursive: true });
  writeFileSync(stamp, sources);
}

/** Changes whenever a source is edited, added or removed. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of sorted(SOURCES.flatMap(listFiles)))
    hash.update(file).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}

/** The file system lists a folder in no fixed order, and the fingerprint must not depend on it. */
function sorted(paths) {
  return paths.toSorted((a, b) => (a < b ? -1 : 1));
}

function listFiles(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => listFiles(join(path, name)));
}

function ourNode() {
  return join(root, 'node_modules', '.bin', 'node');
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (status === 0) return;
  say(`Set-up failed at: ${[command, ...args].join(' ')}${error ? ` (${error.message})` : ''}`);
  process.exit(1);
}

function say(text) {
  console.error(text);
}
