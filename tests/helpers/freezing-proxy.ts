import { connect, createServer, type Socket } from 'node:net';

/** A proxy in front of a database that can stop passing bytes on, as a frozen machine or a cut line would. */
export interface FreezingProxy {
  /** The database's URL, over the proxy. */
  url: string;
  /** Passes nothing on any more over the connections that there are; later ones are not affected. */
  freeze(): void;
  close(): Promise<void>;
}

/** Starts a proxy for the database of `databaseUrl`. */
export async function startFreezingProxy(databaseUrl: string): Promise<FreezingProxy> {
  const target = new URL(databaseUrl);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no TCP address.');
  const url = new URL(databaseUrl);
  url.port = String(address.port);
  return {
    url: url.href,
    freeze() {
      for (const socket of open) socket.unpipe().pause();
    },
    close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of open) socket.destroy();
      return closed.promise;
    },
  };
}
