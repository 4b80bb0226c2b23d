import { exitCodeOf } from '../src/cli/command-failure.ts';
import { AppError } from '../src/errors.ts';
import { createSilentLogger } from '../src/logger.ts';
import { printFailure, runUntilStopped } from '../src/run-until-stopped.ts';
import { modelRequestSchema, runModelCommand } from './model-commands.ts';

// model-commands-main <request as JSON>: what `foregsyte models` runs, and prints.
await runUntilStopped(
  'models',
  async ({ config, stopping: signal }) => {
    const request = modelRequestSchema.safeParse(JSON.parse(process.argv[2] ?? '{}'));
    if (!request.success) {
      throw new AppError('INVALID_ARGUMENT', 'Use it through `foregsyte models`.', { cause: request.error });
    }
    console.log(await runModelCommand(request.data, { config, logger: createSilentLogger(), signal }));
  },
  (error) => {
    process.exitCode = exitCodeOf(error);
    printFailure(error);
  },
);
