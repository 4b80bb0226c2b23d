import { createServer, type Socket } from 'node:net';

/** A server that speaks just enough of Postgres's protocol to refuse connections, or to accept them. */
export interface FakePostgres {
  url: string;
  /** How many connections have been made. */
  connections: () => number;
  /** How many of them have ended, on both sides. */
  ended: () => number;
  close(): Promise<void>;
}

/**
 * `answers`: for each connection in turn, the SQLSTATE of the error it gets, `accept`, or `silence`; the last one is
 * repeated.
 */
export async function startFakePostgres(answers: readonly string[]): Promise<FakePostgres> {
  let count = 0;
  let ended = 0;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => {
      open.delete(socket);
      ended += 1;
    });
    socket.on('error', () => {});
    const answer = answers[Math.min(count, answers.length - 1)] ?? 'accept';
    count += 1;
    socket.once('data', () => {
      if (answer === 'silence') return;
      if (answer === 'accept') {
        // AuthenticationOk, ReadyForQuery.
        socket.write(
          Buffer.concat([message('R', Buffer.from([0, 0, 0, 0])), message('Z', Buffer.from('I'))]),
        );
      } else {
        const fields = ['SFATAL', 'VFATAL', `C${answer}`, 'Mrefused', ''].join('\0');
        socket.end(message('E', Buffer.from(`${fields}\0`)));
      }
    });
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no TCP address.');
  return {
    url: `postgresql://u:p@127.0.0.1:${address.port}/d`,
    connections: () => count,
    ended: () => ended,
    close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of open) socket.destroy();
      return closed.promise;
    },
  };
}

/** One message of the protocol: its type, its length with the length itself, and its body. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
