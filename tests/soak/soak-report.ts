import Table from 'cli-table3';
import type { Accounts } from './account-for-jobs.ts';
import type { Fault } from './chaos.ts';
import type { Leftovers } from './leftovers.ts';
import type { ProductLog } from './product-log.ts';
import type { RequestFigures } from './request-log.ts';

/** Everything that a run found out. */
export interface SoakFindings {
  seed: string;
  seconds: number;
  accounts: Accounts;
  actions: ReadonlyMap<string, number>;
  faults: readonly Fault[];
  log: ProductLog;
  requests: readonly RequestFigures[];
  leftovers: Leftovers;
  mismatches: readonly string[];
}

type Row = [what: string, count: number | string, details: string];

/** The one table of a run. */
export function formatFindings(findings: SoakFindings): string {
  const table = new Table({ head: ['', '', ''], style: { head: [], border: [] } });
  const { accounts, leftovers, mismatches, seed, seconds, actions, log } = findings;
  const rows: Row[] = [
    ['seed', seed, `${seconds.toFixed(0)} s in all`],
    ['jobs acknowledged', accounts.submitted, ''],
    ['  completed', accounts.completed, `${accounts.same} with the results of an undisturbed run`],
    ['  failed', sum(accounts.failed.values()), list(accounts.failed)],
    ['  canceled', accounts.canceled, ''],
    ['  deleted', accounts.deleted, ''],
    ['  lost', accounts.lost, ''],
    ['actions on jobs', sum(actions.values()), list(actions)],
    ['faults', findings.faults.length, list(countBy(findings.faults.map(({ kind }) => kind)))],
    ...recoveryRows(findings.faults, log),
    ['attempts resumed', log.resumed(), 'from a checkpoint of an earlier one'],
    ['rows and queue mended', sum(log.mended.values()), list(log.mended)],
    ['requests', sum(findings.requests.map(({ count }) => count)), ''],
    ...findings.requests.map(requestRow),
    ['files', leftovers.files, `of ${leftovers.rows} rows; ${leftovers.swept} left by crashes were swept`],
    ['mismatches', mismatches.length, ''],
  ];
  table.push(...rows);
  return table.toString();
}

/** How long it took until a job was in the queue again whose worker was hit, and how long the database was away. */
function recoveryRows(faults: readonly Fault[], log: ProductLog): Row[] {
  return [...new Set(faults.map(({ kind }) => kind))].flatMap((kind): Row[] => {
    const ofKind = faults.filter((fault) => fault.kind === kind);
    if (kind === 'crash of the database') {
      const away = ofKind.map(({ at, until }) => until - at);
      return [['  database back after its crash', away.length, spread(away)]];
    }
    const waits = ofKind.flatMap(({ pid, at }) =>
      log
        .busyAt(at)
        .filter((start) => start.pid === pid)
        .flatMap(({ jobId }) => log.queuedAgain(jobId, at) ?? [])
        .map((next) => next - at),
    );
    return waits.length === 0 ? [] : [[`  job queued again after ${kind}`, waits.length, spread(waits)]];
  });
}

function spread(milliseconds: readonly number[]): string {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const values = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return `${values.map((ms = 0) => (ms / 1000).toFixed(1)).join(' / ')} s (min / median / max)`;
}

function requestRow({ kind, count, outcomes, p50, p99 }: RequestFigures): Row {
  return [`  ${kind}`, count, `p50 ${p50} ms, p99 ${p99} ms\n${list(outcomes)}`];
}

function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function list(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, count]) => `${name}: ${count}`).join('\n');
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
