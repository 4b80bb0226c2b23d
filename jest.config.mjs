import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  // Three at least, because many tests wait most of the time; no more than that on small machines, because many start
  // processes of their own, which use every core.
  maxWorkers: Math.max(3, Math.floor(availableParallelism() / 4)),
  testEnvironment: 'node',
  globalSetup: '<rootDir>/tests/helpers/global-setup.mjs',
  globalTeardown: '<rootDir>/tests/helpers/global-teardown.mjs',
  // A deadline for what hangs. On a machine that is busy with something else, a test may take twice its time.
  testTimeout: 120_000,
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/data'],
  transform: {
    '^.+\\.ts$': [
      '<rootDir>/tests/helpers/capture-globals.mjs',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
};
