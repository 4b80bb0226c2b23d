import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { readConfig } from '../../src/config.ts';
import { resultsIndexKey } from '../../src/results/results-keys.ts';
import { createSilentLogger } from '../../src/logger.ts';
import { createServices } from '../../src/services.ts';
import { createSweep } from '../../src/sweep/sweep.ts';
import { createSweepSteps } from '../../src/sweep/sweep-steps.ts';
import { historyOf } from './chaos-history.ts';
import { processesOf } from './chaos-processes.ts';
import type { ChaosService } from './chaos-service.ts';
import { waitFor } from './wait-for.ts';

/** How a job has to end. */
export interface ExpectedEnd {
  status: 'completed' | 'canceled';
  attempt: number;
  crashCount?: number;
}

interface Row {
  jobId: string;
  status: string;
  attempt: number;
  crashCount: number;
  failureCount: number;
  errorCode: string | null;
  outputPath: string | null;
  inputPath: string;
}

/** The results of a completed job as a client downloads them, without the job's id and the times it took. */
export async function comparableResults(service: ChaosService, jobId: string): Promise<string> {
  const response = await service.client().fetch(`/results/${jobId}/document.json`);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`The results of ${jobId} cannot be read: ${text}`);
  const masked = text.replace(jobId, 'JOB').replace(/^"timing":\{[^{}]*\}\}\n$/m, 'TIMING');
  expect(masked).toContain('TIMING');
  return masked;
}

/**
 * What no crash may break, at the end of a test, whose jobs these are: every one ended as expected and once, with the
 * results of an undisturbed run; then all is stopped, and nothing is left over, neither in the database nor in storage
 * nor of processes.
 */
export async function expectNothingLost(
  service: ChaosService,
  expected: ReadonlyMap<string, ExpectedEnd>,
  undisturbed: string,
): Promise<void> {
  const rows = await service.sql<Row>(
    `SELECT job_id AS "jobId", status, attempt, crash_count AS "crashCount", failure_count AS "failureCount",
        error_code AS "errorCode", output_path AS "outputPath", input_path AS "inputPath" FROM jobs`,
  );
  const ends = [...expected].map(([jobId, end]) => ({
    jobId,
    status: end.status,
    attempt: end.attempt,
    crashCount: end.crashCount ?? 0,
    failureCount: 0,
    errorCode: null,
  }));
  const found = rows.map(({ outputPath: _output, inputPath: _input, ...row }) => row);
  expect(byId(found)).toEqual(byId(ends));
  for (const { jobId, status, attempt } of rows) {
    const history = await historyOf(service.sql, jobId);
    expect(history.filter((entry) => entry.status === 'running')).toHaveLength(attempt);
    expect(history.filter((entry) => entry.status === 'completed')).toHaveLength(
      status === 'completed' ? 1 : 0,
    );
    if (status === 'completed') expect(await comparableResults(service, jobId)).toBe(undisturbed);
  }
  await expectNothingLeft(service, rows);
}

async function expectNothingLeft(service: ChaosService, rows: readonly Row[]): Promise<void> {
  await service.stop();
  expect(await processesOf(service.dataDirectory)).toEqual([]);
  await waitFor(
    async () => ((await service.sql(OTHER_SESSIONS)).length === 0 ? true : undefined),
    10_000,
    'every connection to be closed',
  );
  expect(await service.sql(ADVISORY_LOCKS)).toEqual([]);

  await sweepAll(service);
  expect(await service.sql('SELECT name, id, state FROM pgboss.job')).toEqual([]);
  expect(await service.sql('SELECT * FROM job_checkpoints')).toEqual([]);
  expect(await service.sql('SELECT * FROM uploads')).toEqual([]);
  const named = rows.flatMap(({ inputPath, outputPath }) =>
    outputPath === null ? [inputPath] : [inputPath, outputPath, resultsIndexKey(outputPath)],
  );
  expect((await storedFiles(service)).toSorted()).toEqual(named.toSorted());
}

/** The names of all stored files, temporary ones included. */
export async function storedFiles({ storage }: ChaosService): Promise<string[]> {
  const files = await readdir(storage, { recursive: true, withFileTypes: true });
  return files.flatMap((file) =>
    file.isFile() && file.name !== '.owner'
      ? [join(file.parentPath, file.name).slice(storage.length + 1)]
      : [],
  );
}

/** One sweep as the service makes it, but without its hour of grace. */
export async function sweepAll(service: ChaosService): Promise<void> {
  const logger = createSilentLogger();
  const config = readConfig({ DATABASE_URL: service.databaseUrl, DATA_DIR: service.dataDirectory });
  const services = await createServices(config, logger);
  try {
    const steps = createSweepSteps({ ...services, expireJobs: async () => 0, graceMs: 0, logger });
    const sweep = createSweep({ ...services, steps, logger });
    // The service's own sweep may be in the middle of a pass.
    await waitFor(async () => (await sweep()) ?? undefined, 20_000, 'a sweep of our own');
  } finally {
    await services.close();
  }
}

const OTHER_SESSIONS = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
const ADVISORY_LOCKS = `SELECT pid FROM pg_locks WHERE locktype = 'advisory'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

function byId<Item extends { jobId: string }>(items: readonly Item[]): Item[] {
  return items.toSorted((a, b) => a.jobId.localeCompare(b.jobId));
}
