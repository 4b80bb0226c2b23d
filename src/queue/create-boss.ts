import { PgBoss, type Db } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { serviceConnection } from '../database/connection-settings.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';

/** An instance of pg-boss, not yet started, whose errors are logged: without a listener they would end the process. */
export function createBoss(
  databaseUrl: string,
  logger: Logger,
  options: Omit<ConstructorParameters<typeof PgBoss>[0] & object, 'connectionString'>,
): PgBoss {
  const boss = new PgBoss({
    ...serviceConnection(),
    connectionString: databaseUrl,
    max: 4,
    schedule: false,
    registerInstance: false,
    ...options,
  });
  boss.on('error', (error) => logger.error({ err: error }, 'queue error'));
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
