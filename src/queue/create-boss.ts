import { PgBoss, type Db } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import type { ConnectionSettings } from '../database/connection-settings.ts';
import { AppError } from '../errors.ts';

/** What an instance is used for: what pg-boss would do on its own is said outright. */
export interface BossOptions {
  connection: ConnectionSettings;
  /** Connections that it may have at once. */
  max: number;
  /** Whether it creates pg-boss's schema, and brings an older one up to date. */
  install: boolean;
  /** Of two calls of `supervise` within so many seconds, of whichever processes, one looks; needed by who calls it. */
  monitorSeconds?: number;
  /** Hears of errors between calls, which would end the process if nobody listened. */
  onError: (error: Error) => void;
}

/** An instance of pg-boss, not yet started. */
export function createBoss(databaseUrl: string, options: BossOptions): PgBoss {
  const { connection, max, install, monitorSeconds, onError } = options;
  const boss = new PgBoss({
    ...connection,
    connectionString: databaseUrl,
    max,
    migrate: install,
    createSchema: install,
    schedule: false,
    registerInstance: false,
    // It would begin a trace with every look into an empty queue. The job's row carries its trace over.
    openTelemetry: { enabled: false },
    // See supervise-queue.ts.
    supervise: false,
    ...(monitorSeconds === undefined ? {} : { monitorIntervalSeconds: monitorSeconds }),
  });
  boss.on('error', onError);
  return boss;
}

/** Makes pg-boss write through the caller's transaction. */
export function databaseOf(transaction: EntityManager | undefined): { db?: Db } {
  if (!transaction) return {};
  const runner = transaction.queryRunner;
  if (!runner)
    throw new AppError('INTERNAL_SERVER_ERROR', 'The queue was given a transaction that is not open.');
  return {
    db: {
      // The structured form has the rows alone for every kind of statement; the plain one adds a count to some.
      executeSql: async (text, values) => ({
        rows: (await runner.query(text, [...(values ?? [])], true)).records,
      }),
    },
  };
}
