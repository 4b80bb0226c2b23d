import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { listModelFiles } from './model-files.ts';

/**
 * SHA-256 (hex) over the graph and the weights of the model in `directory`: the hash of the list that
 * `LC_ALL=C sha256sum <files in order of name>` prints, so that it can be checked by hand.
 * @throws AppError MODEL_UNAVAILABLE when the graph is unreadable or a file is no plain one; ENOENT when a shard is missing.
 */
export async function hashModel(directory: string): Promise<string> {
  const files = await listModelFiles(directory);
  const list = createHash('sha256');
  for (const file of files) {
    const hash = createHash('sha256');
    // One file after the other: each is streamed, and the disk is the bottleneck anyway.
    // oxlint-disable-next-line no-await-in-loop
    await pipeline(createReadStream(join(directory, file)), hash);
    list.update(`${hash.digest('hex')}  ${file}\n`);
  }
  return list.digest('hex');
}
