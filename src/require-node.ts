import { AppError } from './errors.ts';

/** The oldest that the dependencies and the code run on; package.json says the same under `engines`. */
const OLDEST = { major: 22, minor: 15 };

/**
 * Whether this program can run on its Node.js. Without this, an old one would fail by a function that it lacks.
 * @throws AppError TOOL_UNAVAILABLE when it is too old.
 */
export function requireNode(version = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return;
  throw new AppError(
    'TOOL_UNAVAILABLE',
    `Node.js ${version} is too old. Start through npm, which uses the one in node_modules, or install ` +
      `${OLDEST.major}.${OLDEST.minor} or later.`,
  );
}
