import { createServer } from 'node:net';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import { fine, type Observation } from './finding.ts';

const ANSWER_MS = 2_000;

/** Whether the API could listen where HOST and PORT say, or already does. */
export async function inspectPort({ HOST, PORT }: Pick<Config, 'HOST' | 'PORT'>): Promise<Observation> {
  const address = `${HOST}:${PORT}`;
  try {
    await tryToListen(HOST, PORT);
    return fine(`${address} is free`);
  } catch (cause) {
    if (await isForegsyte(HOST, PORT)) return fine(`${address}: Foregsyte answers there`);
    throw new AppError(
      'INVALID_CONFIGURATION',
      `Port ${PORT} cannot be taken on ${HOST}. Set PORT to a free one above 1023, and HOST to an address of this machine.`,
      { cause },
    );
  }
}

async function tryToListen(host: string, port: number): Promise<void> {
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  await promise;
  await new Promise((closed) => server.close(closed));
}

async function isForegsyte(host: string, port: number): Promise<boolean> {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? '[::1]' : host;
  try {
    const response = await fetch(`http://${reachable}:${port}/healthz`, {
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return (await response.text()) === '{"status":"ok"}';
  } catch {
    return false;
  }
}
