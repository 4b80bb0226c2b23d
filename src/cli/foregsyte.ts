#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { productVersion } from '../config.ts';
import { EXIT_CODES } from './command-failure.ts';
import { addCancelCommand } from './commands/cancel-command.ts';
import { addDeleteCommand } from './commands/delete-command.ts';
import { addDemoCommand } from './commands/demo-command.ts';
import { addDoctorCommand } from './commands/doctor-command.ts';
import { addJobsCommand } from './commands/jobs-command.ts';
import { addKeysCommand } from './commands/keys-command.ts';
import { addListCommand } from './commands/list-command.ts';
import { addMigrateCommand } from './commands/migrate-command.ts';
import { addModelsCommand } from './commands/models-command.ts';
import { addResultsCommand } from './commands/results-command.ts';
import { addRetryCommand } from './commands/retry-command.ts';
import { addStartCommand } from './commands/start-command.ts';
import { addStatusCommand } from './commands/status-command.ts';
import { addSubmitCommand } from './commands/submit-command.ts';

const program = new Command('foregsyte')
  .description('Self-hosted video analysis: objects and text over time.')
  .version(productVersion)
  .option('--url <url>', 'address of the service (FOREGSYTE_URL; default http://127.0.0.1:4000)')
  .option('--key <key>', 'API key; FOREGSYTE_API_KEY is better, because others see command lines')
  .showHelpAfterError('Add --help to see how the command is used.')
  .helpCommand(false)
  .exitOverride()
  .addHelpText(
    'after',
    `
--url and --key are for the commands that speak to a service; they may stand
before or behind the command. "foregsyte <command> --help" has examples.

Exit codes:
  0    fine
  1    unexpected failure, or doctor found a problem
  2    wrong usage
  3    the service refused; its code is printed
  4    a job failed or was canceled, and --wait waited for it
  5    the service (for keys and jobs: the database) cannot be reached
  130  Ctrl-C`,
  );

program.commandsGroup('On the machine of the service:');
addStartCommand(program);
addDemoCommand(program);
addDoctorCommand(program);
addMigrateCommand(program);
addKeysCommand(program);
addJobsCommand(program);
addModelsCommand(program);

program.commandsGroup('As a client of a service:').configureHelp({ showGlobalOptions: true });
addSubmitCommand(program);
addStatusCommand(program);
addResultsCommand(program);
addListCommand(program);
addCancelCommand(program);
addRetryCommand(program);
addDeleteCommand(program);
program.configureHelp({ showGlobalOptions: false });

// `foregsyte results ... | head` closes the pipe early, and that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT_CODES.fine);
});

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT_CODES.fine : EXIT_CODES.wrongUsage;
}
