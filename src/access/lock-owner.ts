import type { EntityManager } from 'typeorm';

/**
 * Makes the transaction of `manager` the only one that counts and changes what `owner` has, such as its quotas and its
 * turns, until it ends.
 */
export async function lockOwner(manager: EntityManager, owner: string): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('foregsyte owner ' || $1, 0))`, [owner]);
}
