import { parentPort } from 'node:worker_threads';
import { findLines } from './find-lines.ts';
import type { FindRequest, FoundReport } from './line-finder-messages.ts';

const port = parentPort;
if (port === null) throw new Error('This file is the entry of a worker thread.');

// What fails ends the thread; whoever waits hears of it, and the next frame gets a new one.
port.on('message', ({ frame, changed }: FindRequest) => {
  const begun = performance.now();
  const lines = findLines(frame, changed);
  port.postMessage({ lines, elapsedMs: performance.now() - begun } satisfies FoundReport);
});
