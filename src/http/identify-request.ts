import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { withLogFields } from '../log-fields.ts';

/** What a proxy may call a request: it goes into the log and back into the answer as it is. */
const ACCEPTABLE = /^[\w.:-]{1,100}$/;

/** Header of requests and answers that holds the request's id. */
export const REQUEST_ID_HEADER = 'X-Request-Id';

/**
 * Gives each request an id, or leaves it the one that it came with, sends it back with the answer, and writes it on every line
 * of the log.
 */
export const identifyRequest: RequestHandler = (request, response, next) => {
  const given = request.get(REQUEST_ID_HEADER);
  const requestId = given !== undefined && ACCEPTABLE.test(given) ? given : randomUUID();
  response.setHeader(REQUEST_ID_HEADER, requestId);
  withLogFields({ requestId }, () => next());
};
