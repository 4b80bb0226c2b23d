import { watchJobs } from './client/watch-jobs.ts';
import { CommandFailure, EXIT_CODES } from './command-failure.ts';
import type { JobStandingFragment } from './generated/graphql.ts';
import { createJobProgress } from './job-progress.ts';
import type { CommandContext } from './run-command.ts';

/**
 * Watches jobs until all are settled, and shows their progress.
 * @throws CommandFailure when it is interrupted, with how to go on: the jobs do without this command.
 */
export async function waitForJobs(
  { client, stopping }: Pick<CommandContext, 'client' | 'stopping'>,
  jobIds: readonly string[],
): Promise<JobStandingFragment[]> {
  const progress = createJobProgress();
  try {
    return await watchJobs(client, jobIds, { watcher: progress, signal: stopping });
  } catch (error) {
    if (!stopping.aborted) throw error;
    const [noun, verb] = jobIds.length === 1 ? ['job', 'goes'] : ['jobs', 'go'];
    throw new CommandFailure(
      EXIT_CODES.interrupted,
      null,
      `Interrupted. The ${noun} ${verb} on without this command. Watch again with:\n  foregsyte status --wait ${jobIds.join(' ')}`,
    );
  } finally {
    progress.stop();
  }
}
