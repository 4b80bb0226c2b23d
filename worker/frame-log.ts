import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { FrameResult } from '../src/results/results-document.ts';

/** We wrote the lines ourselves a moment ago; only that each is an object is checked. */
const ownFrame = z.custom<FrameResult>((value) => typeof value === 'object' && value !== null);

/** The frames of one attempt at one job, kept on disk so that memory does not grow with the video's length. */
export interface FrameLog {
  append(frame: FrameResult): Promise<void>;
  /** Ends writing and reads the frames back, one at a time, in the order they were appended. */
  read(): AsyncGenerator<FrameResult>;
  /** Removes the file. */
  remove(): Promise<void>;
}

/** Creates an empty log in the new file `path`. The caller must `remove` it. */
export async function createFrameLog(path: string): Promise<FrameLog> {
  const output = createWriteStream(path, { flags: 'w', mode: 0o600 });
  await once(output, 'open');
  const failure = once(output, 'close').then(() => output.errored);

  const end = async () => {
    output.end();
    const error = await failure;
    if (error) throw error;
  };

  return {
    async append(frame) {
      if (output.errored) throw output.errored;
      if (!output.write(`${JSON.stringify(frame)}\n`)) await Promise.race([once(output, 'drain'), failure]);
    },
    async *read() {
      await end();
      for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
        yield ownFrame.parse(JSON.parse(line));
      }
    },
    async remove() {
      output.destroy();
      await failure;
      await rm(path, { force: true });
    },
  };
}
