import type { Command } from 'commander';
import type { ErrorCode } from '../../error-codes.ts';
import type { DeadLetter, DeadLetterFilter, DeadLetters } from '../../jobs/redrive-jobs.ts';
import { createTable, shortTime } from '../create-table.ts';
import { parseCount, parseErrorCode, parseOwner } from '../parse-arguments.ts';
import { runCommand } from '../run-command.ts';
import { addJobStatsCommand } from './job-stats-command.ts';

const DEFAULT_LIMIT = 100;

interface DeadOptions {
  owner?: string;
  code?: ErrorCode;
  limit: number;
}

interface RedriveOptions extends DeadOptions {
  dryRun?: true;
}

/** `foregsyte jobs`: the operator's own command, on the database as `keys` is. */
export function addJobsCommand(program: Command): void {
  const jobs = program
    .command('jobs')
    .description('look at the jobs of all owners, and bring back those that ran out of attempts')
    .addHelpText(
      'after',
      `
Works on the database of DATABASE_URL. When that is not set: on the Postgres that \`npm start\` runs in DATA_DIR.`,
    );
  addJobStatsCommand(jobs);
  withFilter(jobs.command('dead'), 'list')
    .description('list the failed jobs whose attempts are used up, of all owners, the oldest first')
    .addHelpText(
      'after',
      `
Examples:
  $ foregsyte jobs dead
  $ foregsyte jobs dead --owner alice --code DECODER_STALLED`,
    )
    .action((options: DeadOptions, command: Command) =>
      onDeadLetters(command, (deadLetters) => listDead(deadLetters, options)),
    );
  withFilter(jobs.command('redrive'), 'bring back')
    .description('queue those jobs again, with all their attempts, the oldest first')
    .option('--dry-run', 'only list what would be brought back')
    .addHelpText(
      'after',
      `
The ids of the jobs that were brought back go to standard output, one a line.

Examples:
  $ foregsyte jobs redrive --code DECODER_STALLED --dry-run
  $ foregsyte jobs redrive --owner alice --limit 10`,
    )
    .action(({ dryRun, ...options }: RedriveOptions, command: Command) =>
      onDeadLetters(command, (deadLetters) =>
        dryRun ? listDead(deadLetters, options) : redrive(deadLetters, options),
      ),
    );
}

function withFilter(command: Command, verb: string): Command {
  return command
    .option('--owner <name>', 'only jobs of this owner; without authentication that is local', parseOwner)
    .option(
      '--code <code>',
      'only jobs whose last attempt failed by this error (docs/errors.md)',
      parseErrorCode,
    )
    .option('--limit <number>', `how many jobs to ${verb} at most`, parseCount, DEFAULT_LIMIT);
}

function onDeadLetters(command: Command, work: (deadLetters: DeadLetters) => Promise<void>): Promise<void> {
  return runCommand(command, async ({ config }) => {
    // Only here, because loading the database's libraries takes longer than most commands.
    const { withDeadLetters } = await import('../open-dead-letters.ts');
    await withDeadLetters(config, work);
  });
}

async function listDead(deadLetters: DeadLetters, options: DeadOptions): Promise<void> {
  // One more than is shown tells whether there are more.
  const found = await deadLetters.list(filterOf(options), options.limit + 1);
  const shown = found.slice(0, options.limit);
  console.log(shown.length > 0 ? formatLetters(shown) : 'There are no such jobs.');
  if (found.length > shown.length) {
    console.log(`There are more than these ${shown.length}. Reach them with --limit.`);
  }
}

async function redrive(deadLetters: DeadLetters, options: DeadOptions): Promise<void> {
  const filter = filterOf(options);
  const jobIds = await deadLetters.redrive(filter, options.limit);
  for (const jobId of jobIds) console.log(jobId);
  const more = (await deadLetters.list(filter, 1)).length > 0 ? ' There are more: run it again.' : '';
  console.error(`${jobIds.length} ${jobIds.length === 1 ? 'job is' : 'jobs are'} queued again.${more}`);
}

function filterOf({ owner, code }: DeadOptions): DeadLetterFilter {
  return { ...(owner === undefined ? {} : { owner }), ...(code === undefined ? {} : { errorCode: code }) };
}

function formatLetters(letters: readonly DeadLetter[]): string {
  const table = createTable(['Job', 'Owner', 'Error', 'Message', 'Since']);
  for (const { jobId, owner, errorCode, errorMessage, failedAt } of letters) {
    table.push([jobId, owner, errorCode, errorMessage, shortTime(failedAt.toISOString())]);
  }
  return table.toString();
}
