import { AsyncLocalStorage } from 'node:async_hooks';

/** What a line of the log says of where it was written, beside its message. */
export interface LogFields {
  /** The request that is being answered. */
  requestId?: string;
  /** The job that is being worked on, and which attempt at it. */
  jobId?: string;
  attempt?: number;
}

const storage = new AsyncLocalStorage<LogFields>();

/** Runs `work`; every line that it or what it awaits writes has these fields, too. What a line says itself wins. */
export function withLogFields<T>(fields: LogFields, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...fields }, work);
}

/** The fields of this place, as an object of the caller's own. */
export function currentLogFields(): LogFields {
  return { ...storage.getStore() };
}
