import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Headers that keep browsers from doing more with an answer than it is meant for. */
export function securityHeaders(options: { sandbox: boolean }): RequestHandler {
  const strict = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    referrerPolicy: { policy: 'no-referrer' },
  });
  if (!options.sandbox) return strict;
  // Apollo Sandbox loads its own scripts and frames from Apollo's servers.
  const forSandbox = helmet({ contentSecurityPolicy: false, crossOriginEmbedderPolicy: false });
  return (request, response, next) => {
    const page = request.method === 'GET' && request.path === '/graphql';
    (page ? forSandbox : strict)(request, response, next);
  };
}
