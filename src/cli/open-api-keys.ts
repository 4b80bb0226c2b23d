import { createApiKeys, type ApiKeys } from '../access/api-keys.ts';
import type { Config } from '../config.ts';
import { connectDataSource } from '../database/data-source.ts';
import { requireOperatorDatabase } from './operator-database.ts';

/**
 * Runs `work` on the keys of the operator's database.
 * @throws AppError DATABASE_UNAVAILABLE; what `work` throws.
 */
export async function withApiKeys(config: Config, work: (keys: ApiKeys) => Promise<void>): Promise<void> {
  const dataSource = await connectDataSource(await requireOperatorDatabase(config));
  try {
    await work(createApiKeys(dataSource));
  } finally {
    await dataSource.destroy();
  }
}
