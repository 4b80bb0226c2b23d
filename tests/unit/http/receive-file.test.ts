import { once } from 'node:events';
import { Agent, createServer, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import express from 'express';
import { receiveFile } from '../../../src/http/receive-file.ts';
import { listen } from '../../../src/http/listen.ts';
import { currentLogFields, withLogFields } from '../../../src/log-fields.ts';

const HEAD = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n';

it('hands the file over within its own request, though the connection served another before', async () => {
  const app = express();
  let number = 0;
  app.use((_request, _response, next) => {
    number += 1;
    withLogFields({ requestId: `request ${number}` }, next);
  });
  const begun: (() => void)[] = [];
  app.post('/', async (request, response) => {
    const received = receiveFile(request, { field: 'file', maxBytes: 1_000 }, async ({ bytes }) => {
      for await (const chunk of bytes) expect(chunk.length).toBeGreaterThan(0);
      return currentLogFields().requestId;
    });
    begun.shift()?.();
    response.send(await received);
  });
  const server = createServer(app);
  const url = await listen(server, { host: '127.0.0.1', port: 0, remedy: 'There is none.' });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  const send = async (): Promise<string> => {
    const waiting = Promise.withResolvers<void>();
    begun.push(waiting.resolve);
    const sent = httpRequest(url, {
      agent,
      method: 'POST',
      headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
    });
    sent.flushHeaders();
    // The file comes when its request is waiting for it: a later event of the connection.
    await waiting.promise;
    sent.end(`${HEAD}content\r\n--x--\r\n`);
    const [response] = await once(sent, 'response');
    return text(response);
  };
  expect([await send(), await send()]).toEqual(['request 1', 'request 2']);
  agent.destroy();
  server.close();
});
