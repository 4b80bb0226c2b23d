import { AppError } from '../errors.ts';

/** What an API key may do. `admin` includes the others. */
export const SCOPES = ['submit', 'read', 'admin'] as const;

/** See SCOPES. */
export type Scope = (typeof SCOPES)[number];

/** The owner of every job while authentication is off. */
const LOCAL_OWNER = 'local';

/** Who asks: every function that touches jobs takes the owner from here. */
export interface Caller {
  owner: string;
  scopes: ReadonlySet<Scope>;
}

/** The caller while authentication is off: whoever can reach the loopback interface. */
export const LOCAL_CALLER: Caller = { owner: LOCAL_OWNER, scopes: new Set(SCOPES) };

/** @throws AppError FORBIDDEN naming the scope that is missing. */
export function requireScope(caller: Caller, scope: Scope): void {
  if (caller.scopes.has(scope) || caller.scopes.has('admin')) return;
  throw new AppError(
    'FORBIDDEN',
    `This API key lacks the scope "${scope}". Ask the operator for a key that has it.`,
    { details: { scope } },
  );
}
