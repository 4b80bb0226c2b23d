import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** A database of one test file alone, cloned from the migrated template. */
export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** Clones the template that global-setup.mjs migrated, or makes an empty database; `options` are those of CREATE DATABASE. */
export async function createTestDatabase(
  kind: 'migrated' | 'empty' = 'migrated',
  options = '',
): Promise<TestDatabase> {
  const template = process.env['TEST_TEMPLATE_URL'];
  if (!template) throw new Error('TEST_TEMPLATE_URL is not set: run the tests with `npm test`.');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const source = kind === 'migrated' ? new URL(template).pathname.slice(1) : 'template0';
  await onServer(template, `CREATE DATABASE ${name} TEMPLATE ${source} ${options}`);
  const url = new URL(template);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(template, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(template: string, sql: string): Promise<void> {
  const url = new URL(template);
  // The template itself must have no session while it is cloned.
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
