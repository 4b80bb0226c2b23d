import type { Command } from 'commander';
import { CancelJobDocument } from '../generated/graphql.ts';
import { runCommand } from '../run-command.ts';

/** `foregsyte cancel`: ends a job that is waiting or running. */
export function addCancelCommand(program: Command): void {
  program
    .command('cancel')
    .description('cancel a waiting or running job, at once')
    .argument('<job-id>', 'id of the job')
    .addHelpText(
      'after',
      `
Example:
  $ foregsyte cancel 0199f3ab-5f2c-7d1e-8a36-0c9d2f4b6e71`,
    )
    .action((jobId: string, _options: unknown, command: Command) =>
      runCommand(command, async ({ client }) => {
        const { cancelJob } = await client.request(CancelJobDocument, { jobId });
        console.log(`Job ${cancelJob.id} is canceled. Queue it again with: foregsyte retry ${cancelJob.id}`);
      }),
    );
}
