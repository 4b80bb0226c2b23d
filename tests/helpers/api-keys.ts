import { createApiKeys } from '../../src/access/api-keys.ts';
import type { Scope } from '../../src/access/caller.ts';
import { connectDataSource } from '../../src/database/data-source.ts';

/** Makes an API key in the database of a running service, as the command line does, and resolves to its text. */
export async function makeKey(databaseUrl: string, owner: string, scopes: readonly Scope[]): Promise<string> {
  const dataSource = await connectDataSource(databaseUrl);
  try {
    return (await createApiKeys(dataSource).create({ owner, name: 'test', scopes })).key;
  } finally {
    await dataSource.destroy();
  }
}
