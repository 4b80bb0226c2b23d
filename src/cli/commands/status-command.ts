import type { Command } from 'commander';
import { readStatuses } from '../client/read-statuses.ts';
import { assertCompleted } from '../client/watch-jobs.ts';
import { CommandFailure, EXIT_CODES } from '../command-failure.ts';
import { createTable, shortTime } from '../create-table.ts';
import type { JobStandingFragment } from '../generated/graphql.ts';
import { describeJob } from '../job-progress.ts';
import { runCommand, type CommandContext } from '../run-command.ts';
import { waitForJobs } from '../wait-for-jobs.ts';

interface StatusOptions {
  wait?: true;
  json?: true;
}

/** `foregsyte status`: tells how jobs stand, at once or when they are settled. */
export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('tell how jobs stand')
    .argument('<job-id...>', 'ids of jobs, as submit printed them')
    .option('--wait', 'wait until all of them are settled; exit code 4 when one is not completed')
    .option('--json', 'print JSON alone: an array in the order of the ids, null for a job that is not there')
    .addHelpText(
      'after',
      `
Examples:
  $ foregsyte status 0199f3ab-5f2c-7d1e-8a36-0c9d2f4b6e71
  $ foregsyte status --wait 0199f3ab-5f2c-7d1e-8a36-0c9d2f4b6e71`,
    )
    .action((jobIds: string[], options: StatusOptions, command: Command) =>
      runCommand(command, (context) => tellStatus(context, jobIds, options)),
    );
}

async function tellStatus(context: CommandContext, jobIds: string[], options: StatusOptions): Promise<void> {
  const settled = options.wait ? await waitForJobs(context, jobIds) : null;
  const jobs = settled ?? (await readStatuses(context.client, jobIds));
  if (options.json) console.log(JSON.stringify(jobs, null, 2));
  else console.log(formatStatuses(jobIds, jobs));

  const missing = jobIds.filter((_, index) => !jobs[index]);
  if (missing.length > 0) {
    throw new CommandFailure(
      EXIT_CODES.refused,
      'JOB_NOT_FOUND',
      `There is no job ${missing.join(', ')}. Check the id and the API key.`,
    );
  }
  if (settled) assertCompleted(settled);
}

function formatStatuses(jobIds: readonly string[], jobs: readonly (JobStandingFragment | null)[]): string {
  const table = createTable(['Job', 'Standing', 'Changed', 'Error']);
  for (const [index, jobId] of jobIds.entries()) {
    const job = jobs[index];
    if (job) table.push([job.id, describeJob(job), shortTime(job.updatedAt), job.errorCode ?? '']);
    else table.push([jobId, 'not found', '', '']);
  }
  const reasons = jobs.flatMap((job) => (job?.errorMessage ? [`${job.id}: ${job.errorMessage}`] : []));
  return [table.toString(), ...reasons].join('\n');
}
