import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource, QueryRunner } from 'typeorm';
import { connectDataSource } from '../../../src/database/data-source.ts';
import { insertRows, readRows, type TableRows } from '../../helpers/database-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/test-database.ts';

/** What the way back of a migration changes in columns that stay: docs/rollback-plan.md says so. */
const CHANGED_BY_DOWN: Readonly<Record<string, readonly string[]>> = {
  SurviveCrashes1764100000000: ['error_code'],
};

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await connectDataSource(database.url);
  await insertRows(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** Rows of the tables that both have, with the columns that both have but those of `changed`. */
function shared(
  rows: TableRows,
  other: TableRows,
  changed: readonly string[] = [],
): Record<string, string[]> {
  return Object.fromEntries(
    [...rows].flatMap(([table, here]) => {
      const there = other.get(table);
      if (!there) return [];
      const columns = new Set(Object.keys(there[0] ?? {}));
      const texts = here.map((row) =>
        JSON.stringify(
          Object.entries(row)
            .filter(([column]) => columns.has(column) && !changed.includes(column))
            .toSorted(([a], [b]) => a.localeCompare(b)),
        ),
      );
      return [[table, texts.toSorted()]];
    }),
  );
}

function given(queryRunner: QueryRunner | undefined): QueryRunner {
  if (!queryRunner) throw new Error('A transaction has a query runner.');
  return queryRunner;
}

function valuesOf(rows: TableRows, column: string): string[] {
  const all = [...rows.values()].flat().filter((row) => column in row);
  return all.map((row) => JSON.stringify(row[column])).toSorted();
}

describe('migrations on tables with rows', () => {
  it('are tried with rows in every table', async () => {
    const empty = [...(await readRows(dataSource))].filter(([, rows]) => rows.length === 0);
    expect(empty.map(([table]) => table)).toEqual([]);
  });

  it('go down and up again one by one, and keep what the tables of both sides hold', async () => {
    expect(dataSource.migrations.length).toBeGreaterThan(5);
    for (const migration of dataSource.migrations.toReversed()) {
      const name = migration.constructor.name;
      const before = await readRows(dataSource);
      await dataSource.transaction(({ queryRunner }) => migration.down(given(queryRunner)));
      const down = await readRows(dataSource);
      const changed = CHANGED_BY_DOWN[name] ?? [];
      const kept = shared(down, before, changed);
      expect({ name, kept }).toEqual({ name, kept: shared(before, down, changed) });

      await dataSource.transaction(({ queryRunner }) => migration.up(given(queryRunner)));
      const up = await readRows(dataSource);
      expect({ name, kept: shared(up, down, changed) }).toEqual({ name, kept });
      // What the way back had to change, the way up brings back.
      for (const column of changed)
        expect({ column, values: valuesOf(up, column) }).toEqual({
          column,
          values: valuesOf(before, column),
        });
      expect([...up.keys()]).toEqual([...before.keys()]);
      // The next one is tried where this one is not.
      await dataSource.transaction(({ queryRunner }) => migration.down(given(queryRunner)));
    }
    expect([...(await readRows(dataSource)).keys()]).toEqual([]);
  });
});
