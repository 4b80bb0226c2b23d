import { Client, type QueryResultRow } from 'pg';

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
