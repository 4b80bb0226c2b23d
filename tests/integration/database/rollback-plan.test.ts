import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { childEnvironment, projectRoot, readConfig } from '../../../src/config.ts';
import { migrateDown, migrateUp } from '../../../src/database/run-migrations.ts';
import { resolveJobRequest } from '../../../src/jobs/job-request.ts';
import type { JobView } from '../../../src/jobs/job-view.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { createServices, type Services } from '../../../src/services.ts';
import { listBlocks, type DocumentedBlock } from '../../helpers/documented-blocks.ts';
import { readProjectFile } from '../../helpers/documents/project-files.ts';
import { startOwnPostgres } from '../../helpers/own-postgres.ts';
import { runForegsyte } from '../../helpers/run-foregsyte.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/test-database.ts';
import { videoBytes } from '../../helpers/test-services.ts';

const blocks = listBlocks(readProjectFile('docs/rollback-plan.md'));
const parent = temporaryDirectory();
/** Not below the other one, because Postgres has to be able to enter every folder above it. */
const own = temporaryDirectory();
const tested = new Set<number>();
let dataDirectory: string;
let database: TestDatabase;
let name: string;

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(parent, 'data-'));
  database = await createTestDatabase();
  name = new URL(database.url).pathname.slice(1);
});
afterAll(async () => {
  for (const copy of ['before', 'after'])
    await query('postgres', `DROP DATABASE IF EXISTS "${name}_${copy}" WITH (FORCE)`);
  await database.drop();
  for (const copy of [`${own}-before`, `${own}-after`]) await rm(copy, { recursive: true, force: true });
});

async function query(databaseName: string, sql: string): Promise<unknown[]> {
  const url = new URL(database.url);
  url.pathname = `/${databaseName}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Statements outside transactions have to come one by one. */
async function runSql(text: string): Promise<void> {
  const target = text.startsWith('-- in the database postgres') ? 'postgres' : name;
  const statements = text.replaceAll(/^--.*$/gm, '').replaceAll(/"foregsyte(_\w+)?"/g, `"${name}$1"`);
  for (const statement of statements.split(';')) if (statement.trim()) await query(target, statement);
}

/** Bash runs the block; in the place of npm, it prints the direction of a migration. */
function runBash(text: string, directory: string): { status: number | null; stdout: string; stderr: string } {
  const npm = `npm() { [ "$1 $2" = "run migrate" ] || return 9; echo "migrate \${4:-up}"; }`;
  return spawnSync('bash', ['-euc', `${npm}\n${text}`], {
    cwd: projectRoot,
    env: childEnvironment({ DATA_DIR: directory }),
    encoding: 'utf8',
  });
}

/** Bash runs the block, but for the migrations: one runs as the command does, many run here, to save their starts. */
async function runShell(text: string, directory: string): Promise<void> {
  const { status, stdout, stderr } = runBash(text, directory);
  expect({ text, status, stderr }).toEqual({ text, status: 0, stderr: '' });
  const directions = [...stdout.matchAll(/^migrate (up|down)$/gm)].map(([, direction = '']) => direction);
  if (directions.length === 1) {
    const run = await runForegsyte(['migrate', ...directions], { DATABASE_URL: database.url });
    expect({ text, ...run }).toMatchObject({ text, exitCode: 0 });
    return;
  }
  for (const direction of directions)
    await (direction === 'up' ? migrateUp : migrateDown)(database.url, createSilentLogger());
}

function blocksBelow(heading: string): DocumentedBlock[] {
  const below = blocks.filter((block) => block.heading === heading);
  expect({ heading, blocks: below.length }).not.toEqual({ heading, blocks: 0 });
  return below;
}

/** Runs the blocks below a heading of the plan, in their order. */
async function follow(heading: string, directory = dataDirectory): Promise<void> {
  for (const { language, text, line } of blocksBelow(heading)) {
    tested.add(line);
    await (language === 'sql' ? runSql(text) : runShell(text, directory));
  }
}

/** Each block below the heading must fail because there is a copy already, and leave `folder`, which is that copy, as it is. */
async function expectRefusal(heading: string, folder: string, directory = dataDirectory): Promise<void> {
  const before = readdirSync(folder, { recursive: true });
  for (const { language, text } of blocksBelow(heading)) {
    if (language === 'sql') await expect(runSql(text)).rejects.toThrow('already exists');
    else
      expect({ text, ...runBash(text, directory) }).toMatchObject({
        text,
        status: 1,
        stderr: expect.stringMatching(/: (File exists|Directory not empty)$/m),
      });
  }
  expect(readdirSync(folder, { recursive: true })).toEqual(before);
}

/** What runs between the steps of the plan, and is stopped before the next one. */
async function withServices<T>(
  work: (services: Services) => Promise<T>,
  environment = { DATABASE_URL: database.url, DATA_DIR: dataDirectory },
): Promise<T> {
  const config = readConfig(environment);
  const services = await createServices(config, createSilentLogger());
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}

const submit = ({ submitVideo }: Services): Promise<JobView> =>
  submitVideo('ann', resolveJobRequest({ pipelineId: 'yolo_ocr', tags: ['kept'] }), {
    filename: 'holiday.mp4',
    bytes: videoBytes(),
  });

describe('docs/rollback-plan.md, step by step', () => {
  let earlier: JobView;
  let first: JobView;
  let second: JobView;

  it('before every upgrade: copies what is there', async () => {
    earlier = await withServices(submit);
    await follow('Before every upgrade');
  });

  it('before the next upgrade: refuses while the last copy is there, and copies again when it is removed', async () => {
    first = await withServices(async (services) => {
      await services.deleteJob('ann', earlier.jobId);
      return submit(services);
    });
    await expectRefusal('Before every upgrade', join(dataDirectory, 'storage-before'));
    await follow('When the upgrade is good');
    await follow('Before every upgrade');
    second = await withServices(submit);
  });

  it('one release out: the migrations that it lacks are taken back, and the jobs stay', async () => {
    await follow('One release out, keeping what came after');
    // The older release of this test lacks one more: it does not know the database's id either.
    await migrateDown(database.url, createSilentLogger());
    const rows = await query(name, 'SELECT job_id, tags FROM jobs ORDER BY created_at');
    expect(rows).toEqual([first, second].map(({ jobId }) => ({ job_id: jobId, tags: ['kept'] })));
    expect(await query(name, `SELECT to_regclass('service_identity') AS found`)).toEqual([{ found: null }]);
  });

  it('forward again: jobs, their places in the queue and their files are the same', async () => {
    await follow('Forward again');
    await withServices(async (services) => {
      expect(await services.jobs.findJob('ann', first.jobId)).toEqual(first);
      expect(await services.jobs.findJob('ann', second.jobId)).toEqual(second);
      expect(await services.queue.size()).toBe(2);
      expect(await services.storage.exists(first.inputPath)).toBe(true);
      // The step is missing from the report when the storage belongs to another database.
      expect(await services.sweep()).toHaveProperty('orphanedFiles', 0);
    });
  });

  it('back to the copy: what came before it is there, and what came after is not', async () => {
    await follow('One release out, back to the copy');
    await withServices(async (services) => {
      expect(await services.jobs.findJob('ann', first.jobId)).toEqual(first);
      await expect(services.jobs.findJob('ann', second.jobId)).rejects.toMatchObject({
        code: 'JOB_NOT_FOUND',
      });
      expect(await services.storage.exists(first.inputPath)).toBe(true);
      expect(await services.storage.exists(second.inputPath)).toBe(false);
      expect(await services.queue.size()).toBe(1);
      expect(await services.sweep()).toHaveProperty('orphanedFiles', 0);
    });
    await expectRefusal('One release out, back to the copy', join(dataDirectory, 'storage-after'));
  });

  it('the whole service out: nothing of it is left', async () => {
    await follow('The whole service out');
    const left = await query(
      name,
      `SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname IN ('public', 'pgboss')`,
    );
    expect(left).toEqual([]);
    expect(await query(name, `SELECT typname FROM pg_type WHERE typname LIKE 'job\\_%'`)).toEqual([]);
    expect(existsSync(dataDirectory)).toBe(false);
  });
});

describe('docs/rollback-plan.md, for the service of `npm start`', () => {
  it('the copy of the folder brings back the database and the storage', async () => {
    /** The service on the Postgres in the folder, as long as `work` takes. */
    const whileItRuns = async <T>(work: (services: Services) => Promise<T>): Promise<T> => {
      const postgres = await startOwnPostgres(own);
      try {
        await migrateUp(postgres.databaseUrl, createSilentLogger());
        return await withServices(work, { DATABASE_URL: postgres.databaseUrl, DATA_DIR: own });
      } finally {
        await postgres.stop();
      }
    };
    const first = await whileItRuns(submit);
    await follow('Copy the folder', own);
    await expectRefusal('Copy the folder', `${own}-before`, own);
    await follow('When the new release is good', own);
    await follow('Copy the folder', own);
    const second = await whileItRuns(async (services) => {
      await services.deleteJob('ann', first.jobId);
      return submit(services);
    });
    await follow('Put the folder back', own);
    await expectRefusal('Put the folder back', `${own}-after`, own);
    await whileItRuns(async ({ jobs, storage }) => {
      expect(await jobs.findJob('ann', first.jobId)).toEqual(first);
      expect(await storage.exists(first.inputPath)).toBe(true);
      await expect(jobs.findJob('ann', second.jobId)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    });
  });
});

it('docs/rollback-plan.md has no block that is not run here', () => {
  expect(blocks.filter(({ line }) => !tested.has(line))).toEqual([]);
});
