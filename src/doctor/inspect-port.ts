import { createServer } from 'node:http';
import type { Config } from '../config.ts';
import { listen } from '../http/listen.ts';
import { fine, type Observation } from './finding.ts';

const ANSWER_MS = 2_000;

/** Whether the API could listen where HOST and PORT say, or already does. @throws AppError INVALID_CONFIGURATION when not. */
export async function inspectPort({ HOST, PORT }: Pick<Config, 'HOST' | 'PORT'>): Promise<Observation> {
  const server = createServer();
  const remedy = 'Set PORT to a free one above 1023, and HOST to an address of this machine.';
  try {
    await listen(server, { host: HOST, port: PORT, remedy });
  } catch (error) {
    if (await isForegsyte(HOST, PORT)) return fine(`${HOST}:${PORT}: Foregsyte answers there`);
    throw error;
  }
  await new Promise((closed) => server.close(closed));
  return fine(`${HOST}:${PORT} is free`);
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
