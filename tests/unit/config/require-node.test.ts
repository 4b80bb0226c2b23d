import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { requireNode } from '../../../src/require-node.ts';
import { readProjectFile } from '../../helpers/documents/project-files.ts';

const { engines } = z
  .object({ engines: z.object({ node: z.string().startsWith('>=') }) })
  .parse(JSON.parse(readProjectFile('package.json')));
const oldest = engines.node.slice(2);

it.each([`${oldest}.0`, '22.99.0', '23.0.0', '24.0.0', '100.1.0'])('runs on Node.js %s', (version) => {
  expect(() => requireNode(version)).not.toThrow();
});

it.each(['22.14.1', '22.9.0', '20.20.2', '9.99.0'])('says what to do on Node.js %s', (version) => {
  expect(() => requireNode(version)).toThrow(
    `Node.js ${version} is too old. Start through npm, which uses the one in node_modules, or install ${oldest} or later.`,
  );
});
