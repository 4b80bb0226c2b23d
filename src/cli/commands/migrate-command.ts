import type { Command } from 'commander';
import { printFailure, runUntilStopped } from '../../run-until-stopped.ts';

/** `foregsyte migrate`: changes the tables of DATABASE_URL by hand. */
export function addMigrateCommand(program: Command): void {
  const migrate = program.command('migrate').description('change the tables of DATABASE_URL');
  migrate
    .command('up', { isDefault: true })
    .description('bring the database to this version')
    .action(() => runMigration('migrateUp'));
  migrate
    .command('down')
    .description('take back the newest migration')
    .action(() => runMigration('migrateDown'));
}

async function runMigration(direction: 'migrateUp' | 'migrateDown'): Promise<void> {
  // Only here, because loading the database's libraries takes longer than most commands.
  const [migrations, { requireDatabaseUrl }] = await Promise.all([
    import('../../database/run-migrations.ts'),
    import('../../services.ts'),
  ]);
  await runUntilStopped(
    'migrate',
    ({ config, logger }) => migrations[direction](requireDatabaseUrl(config), logger),
    printFailure,
  );
}
