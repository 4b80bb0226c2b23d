import type { RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../errors.ts';
import { callerOf } from './caller-of.ts';

/** Bounds the requests that one owner sends to this process within a minute. */
export function limitRate(options: { requestsPerMinute: number }): RequestHandler {
  const limiter = new RateLimiterMemory({ points: options.requestsPerMinute, duration: 60 });
  return async (request, response, next) => {
    try {
      await limiter.consume(callerOf(request).owner);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const retryAfterMs = Math.max(1, refusal.msBeforeNext);
      response.setHeader('Retry-After', Math.ceil(retryAfterMs / 1000));
      throw new AppError(
        'RATE_LIMITED',
        `More than ${options.requestsPerMinute} requests came within a minute. Wait, and poll no sooner than pollAfterMs says.`,
        { details: { retryAfterMs } },
      );
    }
    next();
  };
}
