#!/usr/bin/env node
import { Command } from 'commander';
import { productVersion } from '../config.ts';
import { migrateDown, migrateUp } from '../database/run-migrations.ts';
import { printFailure, runUntilStopped } from '../run-until-stopped.ts';
import { requireDatabaseUrl } from '../services.ts';
import { runDemo } from './demo-command.ts';
import { runStart } from './start-command.ts';

const program = new Command('foregsyte')
  .description('Self-hosted video analysis: objects and text over time.')
  .version(productVersion);

program
  .command('start')
  .description('run Postgres (unless DATABASE_URL is set), the API and a worker until Ctrl-C')
  .action(() => runUntilStopped('start', runStart, printFailure));

program
  .command('demo')
  .description('analyse one video from end to end and show what was found')
  .argument('[video]', 'path of an MP4 file; a sample is made when it is left out')
  .action((video: string | undefined) =>
    runUntilStopped('demo', (context) => runDemo(context, video), printFailure),
  );

const migrate = program.command('migrate').description('change the tables of DATABASE_URL');
migrate
  .command('up', { isDefault: true })
  .description('bring the database to this version')
  .action(() =>
    runUntilStopped(
      'migrate',
      ({ config, logger }) => migrateUp(requireDatabaseUrl(config), logger),
      printFailure,
    ),
  );
migrate
  .command('down')
  .description('take back the newest migration')
  .action(() =>
    runUntilStopped(
      'migrate',
      ({ config, logger }) => migrateDown(requireDatabaseUrl(config), logger),
      printFailure,
    ),
  );

await program.parseAsync();
