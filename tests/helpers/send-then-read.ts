import { connect } from 'node:net';

/**
 * Sends a request with `size` bytes of body before it reads anything, as simple clients do. Resolves, when the connection
 * ends, to what was answered: nothing if it broke while the body was being sent.
 */
export async function sendThenRead(
  url: string,
  options: { method?: string; headers: Record<string, string>; size: number },
): Promise<string> {
  const { method = 'POST', headers, size } = options;
  const { hostname, port, host, pathname } = new URL(url);
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const socket = connect({ host: hostname, port: Number(port) });
  // It may be cut off before or behind the answer: what has been read tells which.
  socket.on('error', () => {});
  socket.on('close', () => resolve());
  const fields = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  socket.write([`${method} ${pathname} HTTP/1.1`, ...fields, '', ''].join('\r\n'));
  let answer = '';
  socket.write(Buffer.alloc(size), (error) => {
    if (!error) socket.on('data', (data) => (answer += data.toString()));
  });
  await closed;
  return answer;
}
