import type { Command } from 'commander';
import type { ApiKeys } from '../../access/api-keys.ts';
import type { Scope } from '../../access/caller.ts';
import { createTable, shortTime } from '../create-table.ts';
import { parseKeyName, parseOwner, parseScopes } from '../parse-arguments.ts';
import { runCommand } from '../run-command.ts';

interface CreateOptions {
  owner: string;
  name: string;
  scope: Scope[];
}

/** `foregsyte keys`: the operator's own command, on the database and not through the service. */
export function addKeysCommand(program: Command): void {
  const keys = program
    .command('keys')
    .description('make, list and revoke API keys, on the machine of the service')
    .addHelpText(
      'after',
      `
Works on the database of DATABASE_URL. When that is not set: on the Postgres that \`npm start\` runs in DATA_DIR.`,
    );
  keys
    .command('create')
    .description('make a key and print it, once')
    .requiredOption('--owner <name>', 'whose jobs the key sees: 1 to 100 of A-Z a-z 0-9 . _ @ -', parseOwner)
    .requiredOption('--name <text>', 'what you call the key: 1 to 100 characters', parseKeyName)
    .requiredOption('--scope <scopes>', 'what it may do: some of submit,read,admin', parseScopes)
    .addHelpText(
      'after',
      `
The key alone goes to standard output. Keys of one owner see the same jobs.

Examples:
  $ foregsyte keys create --owner alice --name laptop --scope submit,read
  $ FOREGSYTE_API_KEY=$(foregsyte keys create --owner ci --name runner --scope submit,read)`,
    )
    .action(({ owner, name, scope }: CreateOptions, command: Command) =>
      onKeys(command, async (apiKeys) => {
        const { key, keyId } = await apiKeys.create({ owner, name, scopes: scope });
        console.error(`Key ${keyId} of ${owner} (${scope.join(', ')}). It is shown this once only: keep it.`);
        console.log(key);
      }),
    );
  keys
    .command('list')
    .description('list all keys, without their secrets')
    .addHelpText(
      'after',
      `
Example:
  $ foregsyte keys list`,
    )
    .action((_options: unknown, command: Command) => onKeys(command, listKeys));
  keys
    .command('revoke')
    .description('make a key useless, from the next request on')
    .argument('<key-id>', 'id of the key, as `foregsyte keys list` shows it')
    .addHelpText(
      'after',
      `
Example:
  $ foregsyte keys revoke 3f9c2a7be41d0856`,
    )
    .action((keyId: string, _options: unknown, command: Command) =>
      onKeys(command, async (apiKeys) => {
        await apiKeys.revoke(keyId);
        console.log(`Key ${keyId} is revoked.`);
      }),
    );
}

function onKeys(command: Command, work: (apiKeys: ApiKeys) => Promise<void>): Promise<void> {
  return runCommand(command, async ({ config }) => {
    // Only here, because loading the database's libraries takes longer than most commands.
    const { withApiKeys } = await import('../open-api-keys.ts');
    await withApiKeys(config, work);
  });
}

async function listKeys(apiKeys: ApiKeys): Promise<void> {
  const all = await apiKeys.list();
  const table = createTable(['Key', 'Owner', 'Name', 'Scopes', 'Made', 'Revoked']);
  for (const { keyId, owner, name, scopes, createdAt, revokedAt } of all) {
    const revoked = revokedAt === null ? '' : shortTime(revokedAt.toISOString());
    table.push([keyId, owner, name, scopes.join(', '), shortTime(createdAt.toISOString()), revoked]);
  }
  console.log(all.length > 0 ? table.toString() : 'There are no keys yet. Make one: foregsyte keys create');
}
