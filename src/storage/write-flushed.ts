import type { FileHandle } from 'node:fs/promises';

/** So many bytes are handed to the disk at a time while further ones arrive. */
const FLUSH_BYTES = 32 * 1024 * 1024;
/** Small chunks are gathered up to this size, so that a file is not a million small writes. */
const GATHER_BYTES = 256 * 1024;

/**
 * Writes `source` to its end into `file`, at its current position, and flushes it; resolves to the number of bytes.
 * The disk works while bytes arrive: to flush a whole large file at its end would take as long again. What arrived
 * before `source` failed is written too.
 */
export async function writeFlushed(file: FileHandle, source: AsyncIterable<Uint8Array>): Promise<number> {
  let written = 0;
  let unflushed = 0;
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  let flushing: Promise<void> = Promise.resolve();

  const write = async () => {
    if (gatheredBytes === 0) return;
    // Node writes less than it was given only when the disk is full, and then the next write fails.
    for (let rest = gathered; rest.length > 0;) {
      const { bytesWritten } = await file.writev(rest);
      rest = withoutFirst(rest, bytesWritten);
    }
    written += gatheredBytes;
    unflushed += gatheredBytes;
    gathered = [];
    gatheredBytes = 0;
    if (unflushed < FLUSH_BYTES) return;
    await flushing;
    flushing = file.datasync();
    // Its failure is thrown where it is awaited, not where nobody listens.
    flushing.catch(() => {});
    unflushed = 0;
  };

  try {
    for await (const chunk of source) {
      gathered.push(chunk);
      gatheredBytes += chunk.length;
      if (gatheredBytes >= GATHER_BYTES) await write();
    }
  } finally {
    await write();
    await flushing;
  }
  await file.sync();
  return written;
}

function withoutFirst(chunks: Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes;
  const rest: Uint8Array[] = [];
  for (const chunk of chunks) {
    if (left < chunk.length) rest.push(chunk.subarray(left));
    left = Math.max(0, left - chunk.length);
  }
  return rest;
}
