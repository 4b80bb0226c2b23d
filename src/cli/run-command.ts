import type { Command } from 'commander';
import { z } from 'zod';
import { childEnvironment, readConfig, type Config } from '../config.ts';
import { AppError } from '../errors.ts';
import { requireNode } from '../require-node.ts';
import { printFailure } from '../run-until-stopped.ts';
import { createServiceClient, type ServiceClient } from './client/service-client.ts';
import { CommandFailure, EXIT_CODES, exitCodeOf } from './command-failure.ts';

/** What a command that ends by itself gets to work with. */
export interface CommandContext {
  config: Config;
  /** Speaks to the service of --url with the key of --key. */
  client: ServiceClient;
  /** Aborted by Ctrl-C and SIGTERM. */
  stopping: AbortSignal;
}

const globalsSchema = z.object({ url: z.string().optional(), key: z.string().optional() });

/**
 * The frame of every command that ends by itself: reads configuration and global options, runs `main`, prints its
 * failure for the person at the terminal, and sets the exit code.
 */
export async function runCommand(
  command: Command,
  main: (context: CommandContext) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const interrupt = () => {
    controller.abort(new CommandFailure(EXIT_CODES.interrupted, null, 'Interrupted.'));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    requireNode();
    const { url, key } = globalsSchema.parse(command.optsWithGlobals());
    const given = {
      ...(url === undefined ? {} : { FOREGSYTE_URL: url }),
      ...(key === undefined ? {} : { FOREGSYTE_API_KEY: key }),
    };
    const config = readConfig(childEnvironment(given));
    const stopping = controller.signal;
    const client = createServiceClient({
      url: config.FOREGSYTE_URL,
      key: config.FOREGSYTE_API_KEY,
      signal: stopping,
    });
    await main({ config, client, stopping });
  } catch (error) {
    // Whatever a request or a pause makes of an interruption, the reason is ours; a command may say more than that.
    const told = error instanceof CommandFailure || !controller.signal.aborted;
    const failure: unknown = told ? error : controller.signal.reason;
    process.exitCode = exitCodeOf(failure);
    report(failure);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function report(failure: unknown): void {
  if (!(failure instanceof CommandFailure)) return printFailure(failure);
  console.error(failure.shownCode === null ? failure.message : `${failure.shownCode}: ${failure.message}`);
  if (failure.cause instanceof AppError || failure.cause instanceof Error) {
    console.error(`Cause: ${failure.cause.message}`);
  }
}
