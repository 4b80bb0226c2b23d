import { request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const MIB = 1024 * 1024;
/** Nobody waits longer for an answer. */
const ANSWER_MS = 30_000;

/** What was answered; status 0 when the connection ended without an answer. */
export interface BodyAnswer {
  status: number;
  body: string;
  /** Bytes that were handed to the connection before the answer came. */
  sent: number;
}

/**
 * Sends a request whose body is `head`, then zeros up to `size` bytes in all, then `tail`, or as much of it as the
 * service takes before it answers. Without a length among the headers, it is sent in chunks.
 */
export async function sendBody(
  url: string,
  options: {
    method?: string;
    headers?: Record<string, string>;
    head?: Uint8Array | string;
    size?: number;
    tail?: string;
  },
): Promise<BodyAnswer> {
  const { method = 'POST', headers = {}, head = '', size = 0, tail = '' } = options;
  // No connection that an earlier request has used.
  const request = httpRequest(url, { method, agent: false, headers, signal: AbortSignal.timeout(ANSWER_MS) });
  const answer: BodyAnswer = { status: 0, body: '', sent: 0 };
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  // The service may cut the connection off once it has answered.
  request.on('error', () => {});
  request.on('close', resolve);
  request.on('response', (response) => {
    answer.status = response.statusCode ?? 0;
    response.on('data', (data: Buffer) => (answer.body += data.toString()));
    response.on('end', () => request.destroy());
  });

  const send = async (bytes: Uint8Array | string) => {
    answer.sent += bytes.length;
    if (request.write(bytes)) return;
    const drained = Promise.withResolvers<void>();
    request.once('drain', drained.resolve);
    await Promise.race([drained.promise, closed]);
  };
  request.flushHeaders();
  if (head.length > 0) await send(head);
  const zeros = Buffer.alloc(MIB);
  while (answer.sent < size && answer.status === 0 && !request.destroyed) {
    await send(zeros.subarray(0, Math.min(MIB, size - answer.sent)));
    // Lets an answer come in between.
    await delay(0);
  }
  if (answer.status === 0 && headers['content-length'] === undefined) request.end(tail);
  await closed;
  return answer;
}
