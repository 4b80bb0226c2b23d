import type { FileHandle } from 'node:fs/promises';

/** So many bytes are handed to the disk at a time while further ones arrive. */
const FLUSH_BYTES = 32 * 1024 * 1024;
/** Chunks are gathered up to this size and written together, while the next ones arrive. */
const GATHER_BYTES = 512 * 1024;
/** What was gathered waits no longer than this for more, so that a file's time of change shows that it is in work. */
const GATHER_MS = 60_000;

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
  let handedOverAt = Date.now();
  let writing: Promise<void> = Promise.resolve();
  let flushing: Promise<void> = Promise.resolve();

  const write = async (chunks: Uint8Array[], bytes: number) => {
    for (let rest = chunks; rest.length > 0;) {
      // Node writes less than it was given only when the disk is full, and then the next write fails.
      const { bytesWritten } = await file.writev(rest);
      rest = withoutFirst(rest, bytesWritten);
    }
    written += bytes;
    unflushed += bytes;
    if (unflushed < FLUSH_BYTES) return;
    unflushed = 0;
    await flushing;
    flushing = heeded(file.datasync());
  };
  /** Begins to write what has been gathered, as soon as the write before it is done. */
  const handOver = async () => {
    await writing;
    writing = heeded(write(gathered, gatheredBytes));
    gathered = [];
    gatheredBytes = 0;
    handedOverAt = Date.now();
  };

  try {
    for await (const chunk of source) {
      if (chunk.length === 0) continue;
      gathered.push(chunk);
      gatheredBytes += chunk.length;
      if (gatheredBytes >= GATHER_BYTES || Date.now() - handedOverAt >= GATHER_MS) await handOver();
    }
  } finally {
    await handOver();
    await writing;
    await flushing;
  }
  await file.sync();
  return written;
}

/** A promise whose failure is thrown where it is awaited, and harms nobody until then. */
function heeded(work: Promise<void>): Promise<void> {
  work.catch(() => {});
  return work;
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
