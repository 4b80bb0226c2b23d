import type { IncomingMessage } from 'node:http';
import { requireScope, type Caller, type Scope } from '../access/caller.ts';
import { AppError } from '../errors.ts';

const callers = new WeakMap<IncomingMessage, Caller>();

/** Notes who sent a request. */
export function setCaller(request: IncomingMessage, caller: Caller): void {
  callers.set(request, caller);
}

/** Who sent the request. @throws AppError UNAUTHENTICATED when nobody was recognised. */
export function callerOf(request: IncomingMessage): Caller {
  const caller = callers.get(request);
  if (caller) return caller;
  if (request.headers.authorization !== undefined) {
    throw new AppError(
      'UNAUTHENTICATED',
      'The API key is wrong or was revoked. Ask the operator for another, made with `foregsyte keys create`.',
    );
  }
  throw new AppError(
    'UNAUTHENTICATED',
    'Send an API key in the header `Authorization: Bearer <key>`. The operator makes one with `foregsyte keys create`.',
  );
}

/** Who sent the request, and may do what needs `scope`. @throws AppError UNAUTHENTICATED or FORBIDDEN. */
export function callerWith(scope: Scope, request: IncomingMessage): Caller {
  const caller = callerOf(request);
  requireScope(caller, scope);
  return caller;
}
