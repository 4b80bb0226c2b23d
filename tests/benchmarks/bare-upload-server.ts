import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

// What an upload costs at the very least: Node's HTTP server pipes the request into a file, and forgets it.
const file = join(process.env['DATA_DIR'] ?? '.', 'bare-upload');
const receive = async (request: IncomingMessage, response: ServerResponse) => {
  await pipeline(request, createWriteStream(file, { flush: request.url === '/flushed' }));
  response.end('{}');
  await rm(file);
};
const server = createServer((request, response) => void receive(request, response));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  process.send?.({ ready: `http://127.0.0.1:${address.port}` });
});
process.once('SIGTERM', () => server.close());
