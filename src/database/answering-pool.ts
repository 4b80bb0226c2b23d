import { Pool, type PoolClient, type PoolConfig } from 'pg';

/**
 * pg's pool, without connections that have not answered yet: after a query that took too long, its connection would
 * otherwise be handed out again, and the next query would wait behind the one that is stuck.
 */
export class AnsweringPool extends Pool {
  constructor(config?: PoolConfig) {
    super(config);
    // The pool does not take back a client that is ending.
    this.on('release', (_error, client) => {
      if (isBusy(client)) client.end().catch(() => {});
    });
  }
}

function isBusy(client: PoolClient): boolean {
  return 'readyForQuery' in client && client.readyForQuery === false;
}
