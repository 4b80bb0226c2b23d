import type { AuthChecker } from 'type-graphql';
import { requireScope, type Caller, type Scope } from '../access/caller.ts';

/** What every resolver knows of the request. */
export interface RequestContext {
  caller: Caller;
  /** Filled in while the operation runs, for the metrics. */
  notes: OperationNotes;
}

/** What an operation turned out to be. */
export interface OperationNotes {
  /** Its root field, such as `Query.status`. */
  operation?: string;
  /** The code of its first error. */
  code?: string;
}

/** Lets a field marked `@Authorized(scope)` be resolved only for callers with that scope. Throws FORBIDDEN. */
export const checkScopes: AuthChecker<RequestContext, Scope> = ({ context }, scopes) => {
  for (const scope of scopes) requireScope(context.caller, scope);
  return true;
};
