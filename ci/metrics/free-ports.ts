import { createServer, type AddressInfo } from 'node:net';

const TRIES = 20;

/** A port that is free, as is the one above it. Others may take them until we do, which the next run will not meet. */
export async function findTwoFreePorts(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const first = await occupy(0);
    const second = first && (await occupy(first.port + 1));
    await first?.release();
    await second?.release();
    if (first && second) return first.port;
  }
  throw new Error(`No two neighbouring ports were free in ${TRIES} tries.`);
}

async function occupy(port: number): Promise<{ port: number; release(): Promise<void> } | null> {
  if (port > 65_535) return null;
  const server = createServer();
  const listening = Promise.withResolvers<boolean>();
  server.once('error', () => listening.resolve(false));
  server.listen(port, '127.0.0.1', () => listening.resolve(true));
  if (!(await listening.promise)) return null;
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no TCP address.');
  return {
    port: address.port,
    async release() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}
