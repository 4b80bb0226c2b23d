import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { inspectPorts } from '../../../src/doctor/inspect-ports.ts';

/** Addresses of this machine that no other test listens on. */
const HOST = '127.77.0.1';
const METRICS_HOST = '127.77.0.2';
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((closed) => server.close(closed))));
});

async function listen(answer: RequestListener, host = HOST): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, host, listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address.port;
}

const inspect = (ports: { HOST?: string; PORT?: number; METRICS_PORT?: number; METRICS_HOST?: string }) =>
  inspectPorts({ HOST, PORT: 0, METRICS_HOST, METRICS_PORT: undefined, ...ports });
const stranger: RequestListener = (_, response) => response.end('hello');
const foregsyte: RequestListener = (request, response) =>
  response.end(request.url === '/healthz' ? '{"status":"ok"}' : '');
const ofService = { subject: 'port', verdict: 'ok', found: `${HOST}:0 is free` };

describe('the look at the port', () => {
  it('takes a free one, and leaves it free', async () => {
    const PORT = await listen(stranger);
    await new Promise((closed) => servers.pop()?.close(closed));
    for (let look = 0; look < 2; look += 1) {
      expect(await inspect({ PORT })).toEqual([
        { subject: 'port', verdict: 'ok', found: `${HOST}:${PORT} is free` },
      ]);
    }
  });

  it('knows the service', async () => {
    const PORT = await listen(foregsyte);
    expect(await inspect({ PORT })).toMatchObject([
      { verdict: 'ok', found: expect.stringContaining('Foregsyte answers') },
    ]);
  });

  it('says what to do when somebody else has it, or the host is of another machine', async () => {
    const PORT = await listen(stranger);
    expect(await inspect({ PORT })).toMatchObject([
      {
        verdict: 'problem',
        found: expect.stringContaining(`Port ${PORT} cannot be taken on ${HOST}. Set PORT`),
      },
    ]);
    expect(await inspect({ HOST: '192.0.2.1' })).toMatchObject([
      { verdict: 'problem', found: expect.stringContaining('address of this machine') },
    ]);
  });
});

describe('the look at the ports for metrics', () => {
  it('takes free ones, of the API and of the worker above it, and leaves them free', async () => {
    const METRICS_PORT = await listen(stranger, METRICS_HOST);
    await new Promise((closed) => servers.pop()?.close(closed));
    for (let look = 0; look < 2; look += 1) {
      expect(await inspect({ METRICS_PORT })).toEqual([
        ofService,
        {
          subject: 'metrics ports',
          verdict: 'ok',
          found: `${METRICS_HOST}:${METRICS_PORT} is free; ${METRICS_HOST}:${METRICS_PORT + 1} is free`,
        },
      ]);
    }
    expect(await inspect({ METRICS_PORT: 0 })).toMatchObject([{ verdict: 'ok' }, { verdict: 'ok' }]);
  });

  it('says which of the two somebody else has, or knows the service there', async () => {
    const taken = await listen(stranger, METRICS_HOST);
    for (const METRICS_PORT of [taken, taken - 1]) {
      expect(await inspect({ METRICS_PORT })).toEqual([
        ofService,
        {
          subject: 'metrics ports',
          verdict: 'problem',
          found: expect.stringContaining(
            `Port ${taken} cannot be taken on ${METRICS_HOST}. Set METRICS_PORT`,
          ),
        },
      ]);
    }
    const METRICS_PORT = await listen(foregsyte, METRICS_HOST);
    expect(await inspect({ METRICS_PORT })).toEqual([
      ofService,
      expect.objectContaining({
        verdict: 'ok',
        found: expect.stringContaining(`${METRICS_PORT}: Foregsyte answers there`),
      }),
    ]);
  });

  it('finds that the service would take a port twice, or that there is none above', async () => {
    const PORT = await listen(stranger);
    await new Promise((closed) => servers.pop()?.close(closed));
    for (const METRICS_PORT of [PORT, PORT - 1]) {
      expect(await inspect({ PORT, METRICS_HOST: HOST, METRICS_PORT })).toMatchObject([
        { verdict: 'ok' },
        { verdict: 'problem', found: expect.stringContaining(`Port ${PORT} cannot be taken`) },
      ]);
    }
    expect(await inspect({ METRICS_PORT: 65_535 })).toMatchObject([
      ofService,
      { verdict: 'problem', found: expect.stringContaining('METRICS_PORT must be below 65535') },
    ]);
  });
});
