import type { Request } from 'express';

/** Bytes of the body that a request announces, but no more than `maxBytes`, of which no more is ever stored; 0 if none. */
export function announcedBytes(request: Request, maxBytes: number): number {
  const announced = Number(request.headers['content-length'] ?? 0);
  return Number.isFinite(announced) ? Math.min(announced, maxBytes) : 0;
}
