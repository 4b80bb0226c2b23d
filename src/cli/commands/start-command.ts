import type { Command } from 'commander';
import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { metricsPorts } from '../../metrics/metrics-ports.ts';
import { printFailure, runUntilStopped, untilAborted, type ProcessContext } from '../../run-until-stopped.ts';

/** `foregsyte start`: the whole service on this machine. */
export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('run Postgres (unless DATABASE_URL is set), the API and a worker until Ctrl-C')
    .action(() => runUntilStopped('start', runStart, printFailure));
}

/** Runs Postgres (unless DATABASE_URL is set), API and worker until the process is told to stop. */
async function runStart({ config, logger, stopping }: ProcessContext): Promise<void> {
  // Only here, because loading what starts the database takes longer than most commands.
  const { startStack } = await import('../stack.ts');
  const stack = await startStack({ config, logger, signal: stopping, port: config.PORT });
  try {
    console.log(`Foregsyte is ready.
  GraphQL:        ${stack.url}/graphql   (open it in a browser for Apollo Sandbox)
  Health check:   ${stack.url}/healthz
${metricsLines(config)}  Stop:           Ctrl-C`);
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

/** Where metrics are, in so far as it is known beforehand. */
function metricsLines(config: Config): string {
  const { api, worker } = metricsPorts(config);
  return api && worker
    ? `  Metrics:        http://${config.METRICS_HOST}:${api}/metrics, of the worker on port ${worker}\n`
    : '';
}
