import type { RequestHandler } from 'express';
import { AppError } from '../errors.ts';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Refuses what a browser sends from a page of another origin that is not allowed. Without it, any page that somebody
 * opens on the machine could talk to a service on the loopback interface, by a plain form or by a name that the page's
 * own server resolves to 127.0.0.1 (DNS rebinding). Clients that are no browsers send no Origin and are not concerned.
 */
export function guardOrigin(options: {
  allowedOrigins: readonly string[];
  loopbackOnly: boolean;
}): RequestHandler {
  return (request, _response, next) => {
    const { host = '', origin } = request.headers;
    if (options.loopbackOnly && !LOOPBACK_NAMES.has(host.replace(/:\d+$/, '').toLowerCase())) {
      throw new AppError(
        'FORBIDDEN',
        'On the loopback interface, the service answers only to localhost. Open it by that name.',
      );
    }
    const sameOrigin = origin === `http://${host}` || origin === `https://${host}`;
    if (origin !== undefined && !sameOrigin && !options.allowedOrigins.includes(origin)) {
      throw new AppError(
        'FORBIDDEN',
        'Pages of this origin may not use the service. The operator can allow the origin in CORS_ORIGINS.',
      );
    }
    next();
  };
}
