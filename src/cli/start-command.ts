import { AppError } from '../errors.ts';
import { untilAborted, type ProcessContext } from '../run-until-stopped.ts';
import { startStack } from './stack.ts';

/** Runs Postgres (unless DATABASE_URL is set), API and worker until the process is told to stop. */
export async function runStart({ config, logger, stopping }: ProcessContext): Promise<void> {
  const stack = await startStack({ config, logger, signal: stopping, port: config.PORT });
  try {
    console.log(`Foregsyte is ready.
  GraphQL:        ${stack.url}/graphql   (open it in a browser for Apollo Sandbox)
  Health check:   ${stack.url}/healthz
  Stop:           Ctrl-C`);
    const ended = await Promise.race([untilAborted(stopping), stack.firstExit]);
    if (typeof ended === 'string') {
      throw new AppError('TOOL_UNAVAILABLE', `The ${ended} ended unexpectedly. Its messages stand above.`);
    }
    console.log('Stopping ...');
  } finally {
    await stack.close();
  }
  console.log('Stopped.');
}
