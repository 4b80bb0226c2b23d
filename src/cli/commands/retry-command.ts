import type { Command } from 'commander';
import { RetryJobDocument } from '../generated/graphql.ts';
import { runCommand } from '../run-command.ts';

/** `foregsyte retry`: queues a job again that ended without results. */
export function addRetryCommand(program: Command): void {
  program
    .command('retry')
    .description('queue a failed or canceled job again')
    .argument('<job-id>', 'id of the job')
    .addHelpText(
      'after',
      `
Example:
  $ foregsyte retry 0199f3ab-5f2c-7d1e-8a36-0c9d2f4b6e71`,
    )
    .action((jobId: string, _options: unknown, command: Command) =>
      runCommand(command, async ({ client }) => {
        const { retryJob } = await client.request(RetryJobDocument, { jobId });
        console.log(`Job ${retryJob.id} is queued again. Watch with: foregsyte status --wait ${retryJob.id}`);
      }),
    );
}
