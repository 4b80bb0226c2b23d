import type { Command } from 'commander';
import type { JobStatistics } from '../../jobs/job-statistics.ts';
import { createTable } from '../create-table.ts';
import { runCommand } from '../run-command.ts';

interface StatsOptions {
  json?: true;
}

/** `foregsyte jobs stats`: the queue, what came and ended lately, and what failed, of all owners. */
export function addJobStatsCommand(jobs: Command): void {
  jobs
    .command('stats')
    .description('show the queue, how fast jobs come and end, and what they fail of, of all owners')
    .option('--json', 'print JSON alone; times are milliseconds')
    .addHelpText(
      'after',
      `
Examples:
  $ foregsyte jobs stats
  $ foregsyte jobs stats --json | jq .now.oldestWaitMs`,
    )
    .action((options: StatsOptions, command: Command) =>
      runCommand(command, async ({ config }) => {
        // Only here, because loading the database's libraries takes longer than most commands.
        const { withOperatorDatabase } = await import('../operator-database.ts');
        const { readJobStatistics } = await import('../../jobs/job-statistics.ts');
        const statistics = await withOperatorDatabase(config, readJobStatistics);
        console.log(options.json ? JSON.stringify(statistics, null, 2) : describeStatistics(statistics));
      }),
    );
}

/** The statistics as lines for a terminal. */
export function describeStatistics({ now, windows, failures }: JobStatistics): string {
  const rates = createTable([
    'Last',
    'Submitted',
    'Completed',
    'Failed',
    'Canceled',
    'Median time',
    '95 % within',
  ]);
  for (const { minutes, submitted, completed, failed, canceled, medianMs, p95Ms } of windows) {
    rates.push([span(minutes), submitted, completed, failed, canceled, time(medianMs), time(p95Ms)]);
  }
  const waiting = now.waitingForRetry > 0 ? `, ${now.waitingForRetry} of them for another attempt` : '';
  const lines = [
    `Pending       ${now.pending}${waiting}`,
    `Oldest waits  ${time(now.oldestWaitMs)}`,
    `Running       ${now.running}`,
    `Dead letters  ${now.deadLetters}`,
    '',
    rates.toString(),
  ];
  if (failures.length === 0) return lines.join('\n');
  const table = createTable(['Failed of, in the last 24 h', 'Jobs', 'The last one']);
  for (const { code, count, lastMessage } of failures) table.push([code, count, lastMessage ?? '']);
  return [...lines, table.toString()].join('\n');
}

function span(minutes: number): string {
  return minutes < 60 ? `${minutes} min` : `${minutes / 60} h`;
}

/** A time in the unit that a person would use. */
function time(ms: number | null): string {
  if (ms === null) return '-';
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}
