import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { projectRoot } from '../../src/config.ts';

const ADD_ON = join(projectRoot, 'node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node');

/** `describe` for tests of the native backend; they are skipped where its add-on has not been built. */
export function describeWithTensorflow(name: string, tests: () => void): void {
  if (existsSync(ADD_ON)) {
    describe(name, tests);
    return;
  }
  // oxlint-disable-next-line jest/no-disabled-tests
  describe.skip(`${name} (skipped: the add-on is not there; \`npm run tensorflow:build\` builds it)`, tests);
}
