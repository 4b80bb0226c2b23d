import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { hashFile } from '../../hash-file.ts';
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
    // One file after the other: each is streamed, and the disk is the bottleneck anyway.
    // oxlint-disable-next-line no-await-in-loop
    list.update(`${await hashFile(join(directory, file))}  ${file}\n`);
  }
  return list.digest('hex');
}
