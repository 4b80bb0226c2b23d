import type { RequestHandler } from 'express';
import type { ApiKeys } from '../access/api-keys.ts';
import { LOCAL_CALLER } from '../access/caller.ts';
import { callerOf, setCaller } from './caller-of.ts';

/** Recognises the caller of every request by its API key; with authentication off, everybody is the local caller. */
export function authenticate(options: { mode: 'off' | 'keys'; apiKeys: ApiKeys }): RequestHandler {
  if (options.mode === 'off') {
    return (request, _response, next) => {
      setCaller(request, LOCAL_CALLER);
      next();
    };
  }
  return async (request, response, next) => {
    const [, key] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const caller = key === undefined ? null : await options.apiKeys.recognise(key);
    if (caller) setCaller(request, caller);
    else response.setHeader('WWW-Authenticate', 'Bearer realm="foregsyte"');
    // Throws unless somebody was recognised.
    callerOf(request);
    next();
  };
}
