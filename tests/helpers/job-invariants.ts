import { expect } from '@jest/globals';
import { z } from 'zod';
import { gather } from './gather.ts';
import { type JobRow, readJobRows, type RowChange } from './job-audit.ts';
import type { TestServices } from './test-services.ts';

const SETTLED = new Set(['completed', 'failed', 'canceled']);
const isSettled = (row: JobRow) => SETTLED.has(row.status);

/** `from -> to` of a change; null when the status stayed. */
export function transitionOf({ before, after }: RowChange): string | null {
  // That a job may be deleted in any state is said in words: arrows from each would hide the others.
  if (after === null || before?.status === after.status) return null;
  return `${before?.status ?? '[*]'} -> ${after.status}`;
}

/** What holds for every single change of a row. */
export function expectLegalChange(change: RowChange, documented: ReadonlySet<string>): void {
  const { before, after } = change;
  const transition = transitionOf(change);
  if (transition !== null && !documented.has(transition)) {
    throw new Error(`docs/job-states.md has no arrow ${transition}.`);
  }
  if (after === null) return;
  expect(after.stage === 'settled').toBe(isSettled(after));
  expect(after.stage === 'queued').toBe(after.status === 'pending');
  expect(after.finished_at !== null).toBe(isSettled(after));
  if (after.status !== 'pending') expect(after.retry_at).toBeNull();
  if (after.status === 'running') expect(after.started_at).not.toBeNull();
  expect(after.output_path !== null).toBe(after.status === 'completed');
  if (before === null) return;
  expect(after.revision).toBeGreaterThan(before.revision);
  expect(after.updated_at).toBeGreaterThanOrEqual(before.updated_at);
  expect(after.attempt).toBe(before.attempt + (transition === 'pending -> running' ? 1 : 0));
}

const queuesSchema = z.array(z.object({ job_id: z.uuid(), queue: z.string(), state: z.string() }));
const checkpointsSchema = z.array(z.object({ job_id: z.uuid(), storage_key: z.string() }));

/** The state of each job's entry in the queue: `waiting`, `active` or `buried`. */
export async function readEntries({ dataSource }: TestServices): Promise<Map<string, string>> {
  const rows = queuesSchema.parse(
    await dataSource.query('SELECT id AS job_id, name AS queue, state::text FROM pgboss.job'),
  );
  const entries = new Map<string, string>();
  for (const { job_id: jobId, queue, state } of rows) {
    if (entries.has(jobId)) throw new Error(`Job ${jobId} has two entries.`);
    const waiting = state === 'created' || state === 'retry' ? 'waiting' : state;
    entries.set(jobId, queue.endsWith('dead-letters') ? `${waiting} dead letter` : waiting);
  }
  return entries;
}

/** What must hold between any two events. `buried`: the jobs that have to be dead letters. */
export async function expectConsistency(services: TestServices, buried: ReadonlySet<string>): Promise<void> {
  const [rows, entries] = [await readJobRows(services.dataSource), await readEntries(services)];
  let someoneIsSilent = false;
  for (const [jobId, row] of rows) {
    const entry = entries.get(jobId);
    const isSilent = row.status === 'running' && entry === 'waiting';
    someoneIsSilent ||= isSilent;
    const wanted = { pending: 'waiting', running: isSilent ? 'waiting' : 'active' }[row.status];
    expect([row.status, entry]).toEqual([row.status, buried.has(jobId) ? 'waiting dead letter' : wanted]);
  }
  expect([...entries.keys()].filter((jobId) => !rows.has(jobId))).toEqual([]);
  // A worker that fell silent is the one disagreement that is nobody's fault.
  if (!someoneIsSilent) expect(await services.reconcileJobs()).toEqual([]);

  const checkpoints = checkpointsSchema.parse(
    await services.dataSource.query('SELECT job_id, storage_key FROM job_checkpoints'),
  );
  for (const { job_id: jobId } of checkpoints) {
    expect(rows.get(jobId)?.status).toMatch(/^(pending|running)$/);
  }
  const keys = (await gather(services.storage.list())).map(({ key }) => key);
  const wantedKeys = [...rows.keys()].map((jobId) => `${jobId}.mp4`);
  expect(keys.toSorted()).toEqual(
    [...wantedKeys, ...checkpoints.map(({ storage_key: key }) => key)].toSorted(),
  );
}
