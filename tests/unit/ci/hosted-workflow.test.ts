import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../../../src/config.ts';

const stepSchema = z.object({ run: z.string().optional() });
const workflowSchema = z.object({
  jobs: z.record(
    z.string(),
    z.object({
      steps: z.array(stepSchema),
      strategy: z.object({ matrix: z.record(z.string(), z.array(z.number())) }).optional(),
    }),
  ),
});
const { jobs } = workflowSchema.parse(parse(read('.github/workflows/ci.yml')));
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));

function read(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

/** The scripts that a text starts, in their order: `ci/...sh` and `npm run NAME`. */
function startedBy(text: string): string[] {
  return [...text.matchAll(/\bci\/[\w-]+\.sh|npm run (?:--silent )?[\w:]+/g)].map(([call]) =>
    call.replace('--silent ', ''),
  );
}

const hosted = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => startedBy(run ?? '')));
const own = startedBy(read('.ci/run'));

describe('the hosted workflow', () => {
  it('starts nothing that does not exist', () => {
    expect(hosted.length).toBeGreaterThan(4);
    for (const call of [...hosted, ...own]) {
      const name = call.replace('npm run ', '');
      if (call.startsWith('npm run ')) expect(Object.keys(scripts)).toContain(name);
      else expect({ call, runs: isExecutable(call) }).toEqual({ call, runs: true });
    }
  });

  it('runs all steps of .ci/run, in their order', () => {
    const steps = [...new Set(hosted)].filter((call) => own.includes(call));
    expect(steps).toEqual(own);
  });

  it('runs the tests of every folder: unit tests, integration tests, and then those that start processes', () => {
    const runs = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run = '' }) => run));
    const folders = runs.flatMap((run) => /^ci\/run-tests\.sh (.+)$/.exec(run)?.[1]?.split(' ') ?? []);
    expect(folders).toEqual(['tests/unit', 'tests/integration', 'tests/e2e', 'tests/chaos']);
    const withTests = readdirSync(join(projectRoot, 'tests'))
      .map((name) => `tests/${name}`)
      .filter((folder) =>
        readdirSync(join(projectRoot, folder), { recursive: true }).some((file) =>
          file.toString().endsWith('.test.ts'),
        ),
      );
    expect(folders.toSorted()).toEqual(withTests.toSorted());
  });

  it('runs the tests on every supported Node and Postgres', () => {
    expect(jobs.tests?.strategy?.matrix).toEqual({ node: [22, 24], postgres: [14, 15, 16, 17, 18] });
  });
});

describe('the checks', () => {
  it('hold every script of the name', () => {
    const checks = Object.keys(scripts).filter((name) => name.endsWith(':check'));
    const run = read('ci/run-checks.sh');
    expect(checks.filter((name) => !run.includes(` ${name}`) && !run.includes(`(${name}`))).toEqual([]);
  });
});

function isExecutable(path: string): boolean {
  const file = join(projectRoot, path);
  return existsSync(file) && (statSync(file).mode & 0o100) !== 0;
}
