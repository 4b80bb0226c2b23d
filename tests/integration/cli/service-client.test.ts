import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { LocalFile } from '../../../src/cli/client/multipart-request.ts';
import { createServiceClient } from '../../../src/cli/client/service-client.ts';
import { ListJobsDocument, SubmitVideoDocument } from '../../../src/cli/generated/graphql.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const directory = temporaryDirectory();
const owned: (() => void)[] = [];
afterEach(() => {
  for (const close of owned.splice(0)) close();
});

async function serve(listener: RequestListener, signal = new AbortController().signal) {
  const server = createServer(listener);
  owned.push(() => server.close().closeAllConnections());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return createServiceClient({ url: `http://127.0.0.1:${port}`, key: 'fgs_secret', signal });
}

/** Bytes that this process has read so far, from files and connections; Linux alone tells. */
const bytesRead = (): number => Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);

describe('the service client', () => {
  it('reads a file no faster than a slow connection takes it', async () => {
    const megabytes = 64;
    const path = join(directory, 'long.mp4');
    await writeFile(path, '');
    await truncate(path, megabytes * 1024 ** 2);
    const before = bytesRead();
    let received = 0;
    let furthestAhead = 0;
    const client = await serve(async (request, response) => {
      for await (const chunk of request) {
        received += Buffer.byteLength(chunk);
        // This process reads each byte twice: from the file and, as the service, from the connection.
        furthestAhead = Math.max(furthestAhead, bytesRead() - before - 2 * received);
        // A turn of the event loop for each piece: a reader that runs ahead would have the time to.
        await delay(0);
      }
      response.end(JSON.stringify({ data: { submitVideo: { id: 'job' } } }));
    });
    const { submitVideo } = await client.request(SubmitVideoDocument, { file: new LocalFile(path) });
    expect(submitVideo.id).toBe('job');
    expect(received).toBeGreaterThan(megabytes * 1024 ** 2);
    // What the two ends of a connection hold back.
    expect(furthestAhead / 1024 ** 2).toBeLessThan(megabytes / 4);
  });

  it('tells a file that cannot be read from a service that cannot be reached', async () => {
    const client = await serve((request) => request.resume());
    const file = new LocalFile(join(directory, 'missing.mp4'));
    await expect(client.request(SubmitVideoDocument, { file })).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('missing.mp4'),
    });
  });

  it('carries the code and the message of the service, even a code of a later version', async () => {
    const client = await serve((_request, response) => {
      const errors = [{ message: 'Pay first.', extensions: { code: 'PAYMENT_REQUIRED' } }];
      response.end(JSON.stringify({ errors }));
    });
    await expect(client.request(ListJobsDocument, { first: 1 })).rejects.toMatchObject({
      exitCode: 3,
      shownCode: 'PAYMENT_REQUIRED',
      message: 'Pay first.',
    });
  });

  it('takes neither an answer that is not GraphQL nor half a download for the whole', async () => {
    const client = await serve((request, response) => {
      if (request.method === 'POST') return response.end('<html>');
      response.writeHead(200, { 'content-length': '1000' }).write('half');
      setImmediate(() => response.destroy());
      return undefined;
    });
    await expect(client.request(ListJobsDocument, { first: 1 })).rejects.toMatchObject({ exitCode: 5 });
    const bytes = await client.download('/results/1/document.json');
    await expect(buffer(bytes)).rejects.toMatchObject({ exitCode: 5 });
  });

  it('sends the key, and never follows a redirect with it', async () => {
    const seen: (string | undefined)[] = [];
    const client = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    await expect(client.request(ListJobsDocument, { first: 1 })).rejects.toMatchObject({ exitCode: 5 });
    expect(seen).toEqual(['Bearer fgs_secret']);
  });
});
