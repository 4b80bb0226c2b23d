import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * Subresource integrity of a file in the form that npm records: `sha512-` and the hash in base64.
 * The file is streamed, never held in memory.
 * @throws the signal's reason when it is aborted.
 */
export async function tarballIntegrity(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  signal?.throwIfAborted();
  return `sha512-${hash.digest('base64')}`;
}
