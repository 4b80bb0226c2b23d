import { createApiKeys, type ApiKeys } from '../access/api-keys.ts';
import type { Config } from '../config.ts';
import { withOperatorDatabase } from './operator-database.ts';

/**
 * Runs `work` on the keys of the operator's database.
 * @throws AppError DATABASE_UNAVAILABLE; what `work` throws.
 */
export function withApiKeys(config: Config, work: (keys: ApiKeys) => Promise<void>): Promise<void> {
  return withOperatorDatabase(config, (dataSource) => work(createApiKeys(dataSource)));
}
