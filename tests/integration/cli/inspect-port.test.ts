import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { inspectPort } from '../../../src/doctor/inspect-port.ts';

/** An address of this machine that no other test listens on. */
const HOST = '127.77.0.1';
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((closed) => server.close(closed))));
});

async function listen(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, HOST, listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address.port;
}

describe('the look at the port', () => {
  it('takes a free one, and leaves it free', async () => {
    const PORT = await listen((_, response) => response.end());
    await new Promise((closed) => servers.pop()?.close(closed));
    for (let look = 0; look < 2; look += 1) {
      expect(await inspectPort({ HOST, PORT })).toEqual({ verdict: 'ok', found: `${HOST}:${PORT} is free` });
    }
  });

  it('knows the service', async () => {
    const PORT = await listen((request, response) =>
      response.end(request.url === '/healthz' ? '{"status":"ok"}' : ''),
    );
    expect((await inspectPort({ HOST, PORT })).found).toContain('Foregsyte answers');
  });

  it('says what to do when somebody else has it, or the host is of another machine', async () => {
    const PORT = await listen((_, response) => response.end('hello'));
    await expect(inspectPort({ HOST, PORT })).rejects.toThrow(
      `Port ${PORT} cannot be taken on ${HOST}. Set PORT`,
    );
    await expect(inspectPort({ HOST: '192.0.2.1', PORT: 0 })).rejects.toThrow('address of this machine');
  });
});
