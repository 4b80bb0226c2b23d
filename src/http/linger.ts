import type { Request, Response } from 'express';

/** How long a client that was refused may go on sending before its connection is cut. */
const LINGER_MS = 2_000;

/** Lets a client that was answered while it was still sending read the answer, and then cuts it off. */
export function cutOffAfterAnswer(request: Request, response: Response): void {
  response.once('finish', () => {
    if (request.complete) return;
    // Its bytes are thrown away, and for a moment only.
    request.resume();
    const cut = setTimeout(() => request.destroy(), LINGER_MS);
    request.once('close', () => clearTimeout(cut));
  });
}
