/**
 * Where build-tfjs-node.mjs gets TensorFlow's C library from: a folder, a wheel of the Python package `tensorflow-cpu`, or
 * that wheel from the Python package index. It is plain JavaScript without dependencies, like bootstrap.mjs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A wheel's C library needs only some glibc, no Python; so which Python the wheel is meant for is all the same. */
const WHEEL = {
  requirement: 'tensorflow-cpu==2.21.0',
  python: '3.11',
  platform: 'manylinux_2_27_x86_64',
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
};

/** What of a wheel is needed: the two libraries, the C interface, and what its headers include. */
const WHEEL_MEMBERS = [
  'tensorflow/libtensorflow_*',
  'tensorflow/THIRD_PARTY_NOTICES.txt',
  'tensorflow/include/tensorflow/c/*',
  'tensorflow/include/tensorflow/core/platform/ctstring*',
  'tensorflow/include/tensorflow/tsl/platform/ctstring*',
  'tensorflow/include/tsl/*.h',
  'tensorflow/include/xla/tsl/c/*',
];

/** The names of the C library itself: its own distribution's, and the Python package's. */
const LIBRARY = /^libtensorflow(_cc)?\.so\.\d+$/;
const FRAMEWORK = /^libtensorflow_framework\.so\.\d+$/;

/** A failure with a sentence that says what to do. */
export class BuildFailure extends Error {}

/**
 * The C library and its headers: `{ libraries: absolute paths, include: absolute path }`. `given` is a folder, a wheel,
 * or undefined to download the pinned wheel; files are unpacked in `workDirectory`.
 */
export function findLibtensorflow(given, workDirectory) {
  const path =
    given === undefined ? downloadWheel(workDirectory) : resolve(process.env.INIT_CWD ?? '.', given);
  if (!existsSync(path))
    throw new BuildFailure(`${path} does not exist. Give a folder or a wheel that does.`);
  if (statSync(path).isDirectory()) return inspectFolder(path);
  if (!path.endsWith('.whl')) {
    throw new BuildFailure(`${path} is no wheel (.whl). Unpack an archive first, and give the folder.`);
  }
  return inspectFolder(unpackWheel(path, workDirectory));
}

/** Knows the layouts of libtensorflow's archive, of an unpacked wheel, and of an installed Python package. */
function inspectFolder(folder) {
  for (const root of [folder, join(folder, 'tensorflow')]) {
    const include = join(root, 'include');
    if (!existsSync(join(include, 'tensorflow', 'c', 'eager', 'c_api.h'))) continue;
    for (const directory of [join(root, 'lib'), root].filter((candidate) => existsSync(candidate))) {
      const names = readdirSync(directory);
      const library = names.find((name) => LIBRARY.test(name));
      const framework = names.find((name) => FRAMEWORK.test(name));
      if (library && framework) {
        return { include, libraries: [library, framework].map((name) => join(directory, name)) };
      }
    }
  }
  throw new BuildFailure(
    `${folder} holds no libtensorflow for Linux: it must have include/tensorflow/c/eager/c_api.h, and, there or in lib/, ` +
      'libtensorflow.so.2 (or libtensorflow_cc.so.2) and libtensorflow_framework.so.2. The folder "tensorflow" of an ' +
      'installed Python package tensorflow-cpu is one.',
  );
}

function unpackWheel(wheel, workDirectory) {
  console.log(`Unpacking ${wheel} ...`);
  const target = join(workDirectory, 'wheel');
  mkdirSync(target, { recursive: true });
  // Whoever has a wheel has Python as a rule; images for Node often have one of the two only.
  const script =
    'import fnmatch,sys,zipfile\n' +
    'with zipfile.ZipFile(sys.argv[1]) as z:\n' +
    '  z.extractall(sys.argv[2],[n for n in z.namelist() if any(fnmatch.fnmatch(n,p) for p in sys.argv[3:])])';
  const attempts = [
    // It exits with 11 when one of the patterns matched nothing, and not every release has all of these headers.
    () => [0, 11].includes(run('unzip', ['-qo', wheel, ...WHEEL_MEMBERS, '-d', target])),
    () => run('python3', ['-c', script, wheel, target, ...WHEEL_MEMBERS]) === 0,
  ];
  if (attempts.some((attempt) => attempt())) return target;
  throw new BuildFailure(
    `${wheel} cannot be unpacked. Install unzip or python3 (on Debian: apt-get install unzip), or fetch the wheel again.`,
  );
}

function downloadWheel(workDirectory) {
  const byHand =
    'Fetch a wheel of tensorflow-cpu on a machine that can, with `pip download tensorflow-cpu --no-deps`, and give it: ' +
    'npm run tensorflow:build -- --libtensorflow FILE.whl';
  if (process.arch !== 'x64') {
    throw new BuildFailure(`No libtensorflow is known for ${process.arch}. ${byHand}`);
  }
  console.log(`Downloading ${WHEEL.requirement} (270 MB) ...`);
  const folder = mkdtempSync(join(workDirectory, 'download-'));
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, `${WHEEL.requirement} --hash=sha256:${WHEEL.sha256}\n`);
  const status = run('python3', [
    ...[
      '-m',
      'pip',
      'download',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--only-binary=:all:',
    ],
    ...['--python-version', WHEEL.python, '--platform', WHEEL.platform],
    ...['--require-hashes', '--requirement', requirements, '--dest', folder],
  ]);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (status !== 0 || wheel === undefined) throw new BuildFailure(`The download failed. ${byHand}`);
  return join(folder, wheel);
}

/** Runs a program with its messages shown; its exit code, or undefined when it cannot be started. */
export function run(command, args, options = {}) {
  return (
    spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options }).status ?? undefined
  );
}
