import { Option, type Command } from 'commander';
import type { ServiceClient } from '../client/service-client.ts';
import { createTable, shortTime } from '../create-table.ts';
import {
  ListJobsDocument,
  type JobFilter,
  type JobLineFragment,
  type JobStatus,
  type ListJobsQuery,
} from '../generated/graphql.ts';
import { parseCount } from '../parse-arguments.ts';
import { runCommand } from '../run-command.ts';

/** Most jobs that the service lists on one page. */
const PAGE = 100;

/** The states of a job by their names on the command line. */
const STATUSES: Readonly<Record<string, JobStatus>> = {
  pending: 'PENDING',
  running: 'RUNNING',
  completed: 'COMPLETED',
  failed: 'FAILED',
  canceled: 'CANCELED',
};

interface ListOptions {
  status?: string;
  tag?: string;
  text?: string;
  limit: number;
  json?: true;
}

/** `foregsyte list`: lists jobs, newest first. */
export function addListCommand(program: Command): void {
  program
    .command('list')
    .description('list your jobs, newest first')
    .addOption(new Option('--status <status>', 'only jobs in this state').choices(Object.keys(STATUSES)))
    .option('--tag <tag>', 'only jobs with this tag')
    .option('--text <words>', 'only jobs whose file name holds all these words, or words that begin so')
    .option('--limit <number>', 'how many jobs to list at most', parseCount, 20)
    .option('--json', 'print JSON alone: an array of jobs')
    .addHelpText(
      'after',
      `
Examples:
  $ foregsyte list --status failed
  $ foregsyte list --tag tuesday --limit 500 --json | jq -r '.[].id'`,
    )
    .action((options: ListOptions, command: Command) =>
      runCommand(command, async ({ client }) => {
        const { jobs, more } = await readJobs(client, options);
        if (options.json) return console.log(JSON.stringify(jobs, null, 2));
        console.log(jobs.length > 0 ? formatJobs(jobs) : 'There are no such jobs.');
        if (more) console.log(`There are more than these ${jobs.length}. See more with --limit.`);
      }),
    );
}

async function readJobs(
  client: ServiceClient,
  options: ListOptions,
): Promise<{ jobs: JobLineFragment[]; more: boolean }> {
  const filter: JobFilter = {
    status: options.status === undefined ? undefined : STATUSES[options.status],
    tag: options.tag,
    text: options.text,
  };
  const jobs: JobLineFragment[] = [];
  let pageInfo: ListJobsQuery['jobs']['pageInfo'] = { hasNextPage: true, endCursor: null };
  while (pageInfo.hasNextPage && jobs.length < options.limit) {
    const first = Math.min(options.limit - jobs.length, PAGE);
    const page: ListJobsQuery = await client.request(ListJobsDocument, {
      first,
      after: pageInfo.endCursor,
      filter,
    });
    jobs.push(...page.jobs.nodes);
    ({ pageInfo } = page.jobs);
  }
  return { jobs, more: pageInfo.hasNextPage };
}

function formatJobs(jobs: readonly JobLineFragment[]): string {
  const table = createTable(['Job', 'File', 'Status', 'Submitted', 'Tags', 'Error']);
  for (const { id, originalFilename, status, createdAt, tags, errorCode } of jobs) {
    table.push([
      id,
      originalFilename,
      status.toLowerCase(),
      shortTime(createdAt),
      tags.join(', '),
      errorCode ?? '',
    ]);
  }
  return table.toString();
}
