import { Client, type QueryResultRow } from 'pg';
import { waitFor } from './wait-for.ts';

/** Asks the database of the test, over a connection made for each question: it may have been restarted since. */
export type Sql = <Row extends QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;

/** What the test holds until it lets go. */
export interface HeldLock {
  release(): Promise<void>;
}

/** See Sql. */
export function createSql(databaseUrl: string): Sql {
  return async <Row extends QueryResultRow>(text: string, values?: unknown[]) => {
    const client = new Client({ connectionString: databaseUrl });
    // A lost connection fails the question, and need not be told twice.
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end();
    }
  };
}

/** Runs a statement that takes a lock, and keeps its transaction open until `release`. */
export async function holdLock(databaseUrl: string, text: string, values: unknown[]): Promise<HeldLock> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'chaos' });
  client.on('error', () => {});
  await client.connect();
  await client.query('BEGIN');
  await client.query(text, values);
  return { release: () => client.end() };
}

/** Waits until a statement of the product with this text in it waits for a lock. */
export async function waitUntilBlocked(sql: Sql, part: string): Promise<void> {
  const blocked = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'
    AND datname = current_database() AND strpos(query, $1) > 0`;
  const look = async () => ((await sql(blocked, [part])).length > 0 ? true : undefined);
  await waitFor(look, 20_000, `"${part}" to wait for a lock`);
}
