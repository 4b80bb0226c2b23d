import { expect, it } from '@jest/globals';
import { readConfig } from '../../../src/config.ts';
import { migrateUp } from '../../../src/database/run-migrations.ts';
import { inspectDatabase } from '../../../src/doctor/inspect-database.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';

const inspect = (databaseUrl: string) => inspectDatabase({ ...readConfig(), DATABASE_URL: databaseUrl });

it('refuses a database that cannot hold every name, before it makes a table, and says how to create one', async () => {
  const database = await createTestDatabase('empty', "ENCODING 'LATIN1' LOCALE 'C'");
  try {
    const refusal = {
      code: 'INVALID_CONFIGURATION',
      message: expect.stringMatching(/encoding LATIN1.*ENCODING 'UTF8'/),
    };
    await expect(migrateUp(database.url, createSilentLogger())).rejects.toMatchObject(refusal);
    await expect(inspect(database.url)).rejects.toMatchObject(refusal);
  } finally {
    await database.drop();
  }
});

it('takes one that knows English letters alone, and says what the search then lacks', async () => {
  const database = await createTestDatabase('empty', "ENCODING 'UTF8' LOCALE 'C'");
  try {
    await migrateUp(database.url, createSilentLogger());
    expect(await inspect(database.url)).toMatchObject({
      verdict: 'note',
      found: expect.stringMatching(/migrated$/),
      advice: expect.stringContaining("LOCALE 'C.UTF-8'"),
    });
  } finally {
    await database.drop();
  }
});

it('says nothing of one that knows all letters', async () => {
  const database = await createTestDatabase();
  try {
    expect(await inspect(database.url)).toMatchObject({ verdict: 'ok' });
  } finally {
    await database.drop();
  }
});
