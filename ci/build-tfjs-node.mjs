/**
 * Builds the native add-on of @tensorflow/tfjs-node against a given libtensorflow, for machines on which the package's own
 * install cannot download its prebuilt files (docs/native-backend.md):
 *
 *     npm run tensorflow:build -- --libtensorflow FOLDER|WHEEL
 *
 * Without the option a wheel of the Python package tensorflow-cpu is downloaded. Puts the add-on and the libraries where
 * the package looks for them, then loads the add-on in the project's Node and runs an operation on it.
 */
import { copyFileSync, constants, existsSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BuildFailure, findLibtensorflow, run } from './libtensorflow.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packageDirectory = join(root, 'node_modules', '@tensorflow', 'tfjs-node');
/** The highest version of Node-API that this release of the package knows; later versions of Node have it too. */
const NAPI_VERSION = 8;
const addonDirectory = join(packageDirectory, 'lib', `napi-v${NAPI_VERSION}`);
const libraryDirectory = join(packageDirectory, 'deps', 'lib');

try {
  const { values } = parseArgs({ options: { libtensorflow: { type: 'string' } } });
  build(values.libtensorflow);
} catch (error) {
  if (!(error instanceof BuildFailure) && !String(error.code).startsWith('ERR_PARSE_ARGS')) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function build(given) {
  if (process.platform !== 'linux') {
    throw new BuildFailure(
      'This build is for Linux. On other systems run `npm rebuild @tensorflow/tfjs-node`.',
    );
  }
  const compiler = findCompiler();
  // On the disk of the package's folder, so that what is done is put in place by a rename.
  const work = mkdtempSync(join(root, 'node_modules', '.tensorflow-build-'));
  try {
    const { include, libraries } = findLibtensorflow(given, work);
    ensurePackage();
    const staged = stageLibraries(libraries, work);
    const addon = compile({ compiler, include, staged, work });
    install(addon, staged);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  verify();
}

function findCompiler() {
  const candidates = process.env.CXX ? [process.env.CXX] : ['g++', 'c++', 'clang++'];
  const found = candidates.find((name) => run(name, ['--version'], { stdio: 'ignore' }) === 0);
  if (found) return found;
  throw new BuildFailure(
    `There is no C++ compiler (${candidates.join(', ')}). Install one (on Debian: apt-get install g++), or set CXX to it.`,
  );
}

/** npm removes an optional package whose install script failed, which is the very case that this build is for. */
function ensurePackage() {
  if (existsSync(join(packageDirectory, 'binding', 'tfjs_backend.cc'))) return;
  console.log('Installing @tensorflow/tfjs-node without its install script ...');
  const options = ['install', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const status = npm
    ? run(process.execPath, [npm, ...options], { cwd: root })
    : run('npm', options, { cwd: root });
  if (status === 0 && existsSync(packageDirectory)) return;
  throw new BuildFailure(
    'The package @tensorflow/tfjs-node is not installed, and npm could not install it. Run `npm ci --ignore-scripts` where ' +
      'the npm registry can be reached, then this again.',
  );
}

/** Copies the libraries, because the folder they come from may go away, and wheels are unpacked for the moment only. */
function stageLibraries(libraries, work) {
  const directory = join(work, 'lib');
  mkdirSync(directory);
  const names = libraries.map((library) => {
    copyFileSync(realpathSync(library), join(directory, basename(library)), constants.COPYFILE_FICLONE);
    return basename(library);
  });
  return { directory, names };
}

function compile({ compiler, include, staged, work }) {
  console.log(`Compiling the add-on with ${compiler} ...`);
  const sources = join(packageDirectory, 'binding');
  const addon = join(work, 'tfjs_binding.node');
  const status = run(compiler, [
    ...['-std=c++17', '-O2', '-shared', '-fPIC', `-DNAPI_VERSION=${NAPI_VERSION}`],
    ...[nodeHeaders(), include, sources].map((directory) => `-I${directory}`),
    ...[threadSafeBackend(sources, work), join(sources, 'tfjs_binding.cc'), '-o', addon],
    ...[`-L${staged.directory}`, ...staged.names.map((name) => `-l:${name}`)],
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ]);
  if (status === 0) return addon;
  throw new BuildFailure(
    'The add-on does not compile; the compiler says why above. Use libtensorflow 2.9 or later, and headers of the same release.',
  );
}

/**
 * The add-on keeps the names of attributes in one set for the whole process, which threads would change at the same time.
 * Detection runs on several threads, so each gets a set of its own.
 */
function threadSafeBackend(sources, work) {
  const shared = 'static std::set<std::string> ATTR_NAME_SET;';
  const text = readFileSync(join(sources, 'tfjs_backend.cc'), 'utf8');
  if (!text.includes(shared)) {
    throw new BuildFailure(
      'This release of @tensorflow/tfjs-node is not known. Run `npm ci --ignore-scripts` first.',
    );
  }
  const file = join(work, 'tfjs_backend.cc');
  writeFileSync(file, text.replace(shared, shared.replace('static', 'static thread_local')));
  return file;
}

function nodeHeaders() {
  const candidates = [
    join(root, 'node_modules', 'node-api-headers', 'include'),
    join(dirname(dirname(realpathSync(process.execPath))), 'include', 'node'),
  ];
  const found = candidates.find((directory) => existsSync(join(directory, 'node_api.h')));
  if (found) return found;
  throw new BuildFailure(
    'The headers of Node-API are missing. Install the development packages too: npm ci --ignore-scripts --include=dev',
  );
}

function install(addon, staged) {
  for (const directory of [libraryDirectory, addonDirectory]) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(dirname(directory), { recursive: true });
  }
  renameSync(staged.directory, libraryDirectory);
  mkdirSync(addonDirectory);
  renameSync(addon, join(addonDirectory, basename(addon)));
}

/** Loads the add-on through the package as the product does, in the project's Node. */
function verify() {
  const program = `
    const util = require('node:util');
    util.isNullOrUndefined = (value) => value == null;
    const tf = require(${JSON.stringify(packageDirectory)});
    const [sum] = tf.matMul(tf.ones([8, 8]), tf.ones([8, 8])).sum().dataSync();
    if (tf.getBackend() !== 'tensorflow' || sum !== 512) throw new Error('8x8 ones squared sum up to ' + sum);
    console.log('TensorFlow ' + tf.backend().binding.TF_Version + ' runs in Node ' + process.versions.node + '.');`;
  const status = run(join(root, 'node_modules', '.bin', 'node'), ['--no-deprecation', '-e', program], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  if (status === 0) return;
  throw new BuildFailure(
    'The add-on was built, but it does not run; the reason stands above. A libtensorflow for another processor, or a newer ' +
      'glibc than this system’s, are the usual ones: try an older release.',
  );
}
