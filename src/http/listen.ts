import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../errors.ts';

/**
 * Makes `server` listen, on a free port when `port` is 0; resolves to its base address, such as `http://127.0.0.1:4000`.
 * `remedy` completes the message.
 * @throws AppError INVALID_CONFIGURATION when the port cannot be taken.
 */
export async function listen(
  server: Server,
  { host, port, remedy }: { host: string; port: number; remedy: string },
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (error) {
    throw new AppError('INVALID_CONFIGURATION', `Port ${port} cannot be taken on ${host}. ${remedy}`, {
      cause: error,
    });
  } finally {
    server.off('error', reject);
  }
  return `http://${host.includes(':') ? `[${host}]` : host}:${portOf(server)}`;
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no TCP address.');
  return address.port;
}
