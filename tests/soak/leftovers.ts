import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { z } from 'zod';
import { readConfig, storageDirectory } from '../../dist/src/config.js';
import { createSilentLogger } from '../../dist/src/logger.js';
import { resultsIndexKey } from '../../dist/src/results/results-keys.js';
import { createServices, type Services } from '../../dist/src/services.js';
import { createSweepSteps } from '../../dist/src/sweep/sweep-steps.js';
import { createSweep } from '../../dist/src/sweep/sweep.js';
import { processesOf } from '../helpers/chaos-processes.ts';
import { isAlive } from '../helpers/process-life.ts';
import type { Ledger } from './ledger.ts';
import type { SoakStack } from './soak-stack.ts';

const rowsSchema = z.array(
  z.object({
    jobId: z.string(),
    tags: z.array(z.string()),
    inputPath: z.string(),
    outputPath: z.string().nullable(),
  }),
);
const countSchema = z.tuple([z.object({ count: z.number() })]);

/** What was left when all processes had stopped. */
export interface Leftovers {
  rows: number;
  files: number;
  /** Files that crashes had left, which the sweep removed. */
  swept: number;
}

/** Compares database, storage and processes with each other; whatever is not as it must be goes into the ledger. */
export async function lookForLeftovers(stack: SoakStack, ledger: Ledger): Promise<Leftovers> {
  const { mismatch } = ledger;
  const leftOver = await processesLeft(stack);
  for (const pid of leftOver) mismatch(`process ${pid} is left over`);
  await lookIntoDatabase(stack.database.url, ledger);
  // They would hold our pipes open, and so keep us from ending.
  for (const pid of leftOver) process.kill(pid, 'SIGKILL');

  const config = readConfig(stack.environment);
  const logger = createSilentLogger();
  const services = await createServices(config, logger);
  try {
    const { storage } = services;
    for (const { jobId, mismatch: kind } of await services.reconcileJobs()) {
      mismatch(`row and queue disagree on job ${jobId}: ${kind}`);
    }
    const swept = await sweepAtOnce(services);
    const expected = await filesOfRows(services, ledger);
    const found = new Set<string>();
    for await (const { key } of storage.list()) found.add(key);
    for await (const { key } of storage.partials.list()) mismatch(`the partial file ${key} is left over`);
    for (const name of await readdir(join(storageDirectory(config), 'tmp')))
      mismatch(`tmp/${name} is left over`);
    for (const key of found)
      if (!expected.files.has(key) && !expected.uploads.has(key))
        mismatch(`the file ${key} belongs to no row`);
    for (const key of expected.files) if (!found.has(key)) mismatch(`the file ${key} is missing`);
    return { rows: expected.rows, files: found.size, swept };
  } finally {
    await services.close();
  }
}

/** Postgres needs a moment to notice that a client has gone. */
const PARTING_MS = 5_000;
const PAUSE_MS = 100;

const LEFT_IN_DATABASE = {
  checkpoints: 'SELECT count(*)::int AS count FROM job_checkpoints',
  connections: `SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  'advisory locks': `SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory'`,
  'entries that wait or are delivered': `SELECT count(*)::int AS count FROM pgboss.job
    WHERE name = 'analyse-video' AND state < 'completed'`,
} as const;

async function lookIntoDatabase(databaseUrl: string, { mismatch }: Ledger): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const deadline = Date.now() + PARTING_MS;
    for (const [what, query] of Object.entries(LEFT_IN_DATABASE)) {
      const read = async () => countSchema.parse((await client.query(query)).rows)[0].count;
      let count = await read();
      for (; count > 0 && Date.now() < deadline; count = await read()) await delay(PAUSE_MS);
      if (count > 0) mismatch(`${count} of these are left in the database: ${what}`);
    }
  } finally {
    await client.end();
  }
}

async function sweepAtOnce({ dataSource, storage, uploads, reconcileJobs }: Services): Promise<number> {
  const logger = createSilentLogger();
  // Nothing has expired within minutes.
  const expireJobs = async () => 0;
  const common = { dataSource, storage, uploads, expireJobs, reconcileJobs, logger };
  const steps = createSweepSteps({ ...common, graceMs: 0, filesEveryMs: 0 });
  const report = await createSweep({ dataSource, steps, logger })();
  return Object.values(report ?? {}).reduce((sum, count) => sum + count, 0);
}

/**
 * The files that must be there for the rows of jobs, and those that may be there for an upload whose request was cut off.
 * Each job must have been acknowledged, or be one of a submission without an answer.
 */
async function filesOfRows(
  { dataSource }: Services,
  ledger: Ledger,
): Promise<{ files: Set<string>; uploads: Set<string>; rows: number }> {
  const rows = rowsSchema.parse(
    await dataSource.query(
      'SELECT job_id AS "jobId", tags, input_path AS "inputPath", output_path AS "outputPath" FROM jobs',
    ),
  );
  const seen = new Set<string>();
  const files = new Set<string>();
  for (const { jobId, tags, inputPath, outputPath } of rows) {
    const [tag = ''] = tags;
    if (seen.has(tag)) ledger.mismatch(`submission ${tag} made more than one job: ${jobId} is another`);
    seen.add(tag);
    if (!ledger.jobs.has(jobId) && !ledger.unanswered.has(tag))
      ledger.mismatch(`nobody submitted job ${jobId}`);
    files.add(inputPath);
    if (outputPath !== null) files.add(outputPath).add(resultsIndexKey(outputPath));
  }
  const uploads = z
    .array(z.object({ key: z.string() }))
    .parse(await dataSource.query(`SELECT upload_id || '.mp4' AS key FROM uploads`));
  return { files, uploads: new Set(uploads.map(({ key }) => key)), rows: rows.length };
}

/** Processes that run on the data of this run, whoever started them; where there is no /proc, those that we know of. */
async function processesLeft({ directory, pids }: SoakStack): Promise<number[]> {
  return existsSync('/proc/self/environ') ? processesOf(directory) : [...pids].filter(isAlive);
}
