import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { childEnvironment, projectRoot } from '../../../src/config.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const folder = temporaryDirectory();
/** On a machine that does much else, the engines alone take most of a minute to start again so often. */
const LIMIT_MS = 110_000;
const helpers = join(projectRoot, 'tests', 'helpers');

it('gives up real engines that hang in the middle of a frame, and goes on with new ones', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--require', join(helpers, 'hanging-threads.cjs'), join(helpers, 'hang-engines.ts')],
    { env: childEnvironment({ HANG_FILE: join(folder, 'hang') }), timeout: LIMIT_MS },
  );
  expect(JSON.parse(stdout)).toEqual({
    startStalled: 'TOOL_UNAVAILABLE',
    findStalled: 'INFERENCE_STALLED',
    findNext: ['Some text'],
    findAborted: 'Error: enough',
    findAfterwards: ['Some text'],
    readStalled: 'INFERENCE_STALLED',
    readNext: ['Some text'],
    readAborted: 'Error: enough',
    readAfterwards: ['Some text'],
    detectStalled: 'INFERENCE_STALLED',
    detectNext: 1,
    detectAborted: 'Error: enough',
    detectAfterwards: 1,
  });
}, 120_000);
