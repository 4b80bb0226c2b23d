import type { IncomingMessage } from 'node:http';
import type { OperationNotes } from '../graphql/context.ts';

const notes = new WeakMap<IncomingMessage, OperationNotes>();

/** What is found out about a request on its way, for the metrics; to be read and written. */
export function notesOf(request: IncomingMessage): OperationNotes {
  const found = notes.get(request) ?? {};
  notes.set(request, found);
  return found;
}
