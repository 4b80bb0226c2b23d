import type { RequestHandler } from 'express';

/** How long a client that was answered early may go on sending before its connection is cut. */
const LINGER_MS = 2_000;

/** Lets a client that is answered while it is still sending read the answer, and then cuts it off. */
export const cutOffAfterAnswer: RequestHandler = (request, response, next) => {
  // Before Node itself learns that the answer is finished.
  response.prependOnceListener('finish', () => {
    if (request.complete) return;
    const { socket } = request;
    // Behind an answer with `Connection: close` Node would close both directions of the connection. What still arrives would
    // reset it, and the answer might be lost. So only our direction is closed.
    socket.destroySoon = () => socket.end();
    // The rest is thrown away, for a moment only, and nobody who was to read it may hold it up.
    request.removeAllListeners('data');
    request.resume();
    const cut = setTimeout(() => request.destroy(), LINGER_MS);
    request.once('close', () => clearTimeout(cut));
  });
  next();
};
