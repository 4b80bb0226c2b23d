/** How long Postgres may take for one statement of a service, in milliseconds. */
const STATEMENT_MS = 30_000;
/** How much later an answer may come, in milliseconds. A server that is frozen or cut off sends none at all. */
const ANSWER_MS = 5_000;
/** How long one attempt to connect, or the wait for a free connection, may take, in milliseconds. */
const CONNECT_MS = 5_000;
/**
 * How long a transaction of a service may stand still, in milliseconds. A process that is suspended in the middle of one
 * would otherwise hold its locks for as long, and with them every worker that wants to take a job.
 */
const IDLE_IN_TRANSACTION_MS = 10_000;
/** Milliseconds of silence before the system asks whether the other side is still there. */
const KEEP_ALIVE_MS = 10_000;

/** Settings of pg that let no statement and no connection hang for ever. */
export interface ConnectionSettings {
  connectionTimeoutMillis: number;
  keepAlive: boolean;
  keepAliveInitialDelayMillis: number;
  /** The server's own limit; none when left out. */
  statement_timeout?: number;
  /** The client's limit; none when left out. */
  query_timeout?: number;
  /** After so long in a transaction without a statement the server ends the connection; never when left out. */
  idle_in_transaction_session_timeout?: number;
}

/** For services, which ask short questions: `statementMs` each at most. */
export function serviceConnection(statementMs = STATEMENT_MS, answerMs = ANSWER_MS): ConnectionSettings {
  return {
    ...migrationConnection(),
    statement_timeout: statementMs,
    query_timeout: statementMs + answerMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  };
}

/** For migrations, which may take long, and wait for each other's lock. */
export function migrationConnection(): ConnectionSettings {
  return {
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  };
}
