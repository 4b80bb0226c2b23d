import type { Command } from 'commander';
import { DeleteJobDocument } from '../generated/graphql.ts';
import { runCommand } from '../run-command.ts';

/** `foregsyte delete`: removes a job with everything that belongs to it. */
export function addDeleteCommand(program: Command): void {
  program
    .command('delete')
    .description('delete a job in any state, with its video and its results, for good; asks nothing')
    .argument('<job-id>', 'id of the job')
    .addHelpText(
      'after',
      `
The API key needs the scope admin.

Example:
  $ foregsyte delete 0199f3ab-5f2c-7d1e-8a36-0c9d2f4b6e71`,
    )
    .action((jobId: string, _options: unknown, command: Command) =>
      runCommand(command, async ({ client }) => {
        const { deleteJob } = await client.request(DeleteJobDocument, { jobId });
        console.log(`Job ${deleteJob} is deleted, with its video and its results.`);
      }),
    );
}
