import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

/** Something that nobody may touch, and that notices who does. */
export interface Canary {
  /** A file's absolute path, or a URL. */
  address: string;
  wasTouched(): boolean;
  close(): Promise<void>;
}

/** A named pipe that notices whoever opens it for reading. */
export async function createFileCanary(folder: string, name: string): Promise<Canary> {
  const path = join(folder, name);
  await promisify(execFile)('mkfifo', [path]);
  let isTouched = false;
  let isClosing = false;
  // A pipe is open for writing as soon as somebody has opened it for reading, and not before.
  const writing = open(path, 'w').then((handle) => {
    isTouched ||= !isClosing;
    return handle.close();
  });
  return {
    address: path,
    wasTouched: () => isTouched,
    async close() {
      isClosing = true;
      // Does not wait for a writer, as opening for reading alone would.
      const reading = await open(path, 'r+');
      await writing;
      await reading.close();
    },
  };
}

/** A web server that notices whoever connects to it. */
export async function createWebCanary(): Promise<Canary> {
  let isTouched = false;
  const server = createServer((_request, response) => response.end());
  server.on('connection', () => (isTouched = true));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    address: `http://127.0.0.1:${port}/canary.mp4`,
    wasTouched: () => isTouched,
    close: async () => void server.close(),
  };
}
