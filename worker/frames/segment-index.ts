import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';

interface Box {
  type: string;
  header: Buffer;
  /** Offset of the byte after the box; Infinity when it reaches to the end of the file. */
  end: number;
}

const HEADER_BYTES = 16;
const SHORT_HEADER_BYTES = 8;
const CHUNK_BYTES = 256 * 1024;
const BOXES_BEFORE_FRAGMENTS = 64;

/** Whether a local MP4 is fragmented and carries a segment index (`sidx`), as recordings made for adaptive playback do. */
export async function hasSegmentIndex(filePath: string): Promise<boolean> {
  const file = await open(filePath);
  try {
    let position = 0;
    for (let count = 0; count < BOXES_BEFORE_FRAGMENTS && Number.isFinite(position); count += 1) {
      const box = await readBox(file, position);
      if (box === undefined || box.type === 'moof') return false;
      if (box.type === 'sidx') return true;
      position = box.end;
    }
    return false;
  } finally {
    await file.close();
  }
}

/**
 * The bytes of a local MP4 with its segment indices renamed to `free`, which decoders skip. ffmpeg before version 5
 * takes wrong timestamps from them and loses frames; nothing that reads from the start to the end needs them.
 * Whoever opens the stream destroys it.
 */
export function openWithoutSegmentIndex(filePath: string): Readable {
  return Readable.from(maskedBytes(filePath), { objectMode: false });
}

async function* maskedBytes(filePath: string): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(filePath);
  try {
    for (let position = 0; Number.isFinite(position);) {
      const box = await readBox(file, position);
      if (box?.type === 'sidx') box.header.write('free', 4, 'latin1');
      if (box !== undefined) yield box.header;
      const end = box?.end ?? Number.POSITIVE_INFINITY;
      yield* readRange(file, position + (box?.header.length ?? 0), end);
      position = end;
    }
  } finally {
    await file.close();
  }
}

/** The box at `position`; undefined at the end of the file and where its bytes make no box. */
async function readBox(file: FileHandle, position: number): Promise<Box | undefined> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, position);
  if (bytesRead < SHORT_HEADER_BYTES) return undefined;
  const stated = buffer.readUInt32BE(0);
  const size = stated === 1 && bytesRead === HEADER_BYTES ? Number(buffer.readBigUInt64BE(8)) : stated;
  if (size !== 0 && size < SHORT_HEADER_BYTES) return undefined;
  const end = position + size;
  return {
    type: buffer.toString('latin1', 4, 8),
    header: buffer.subarray(0, SHORT_HEADER_BYTES),
    // No file is so large that its offsets are not exact numbers.
    end: size === 0 || end > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : end,
  };
}

async function* readRange(
  file: FileHandle,
  start: number,
  end: number,
): AsyncGenerator<Buffer, void, undefined> {
  for (let position = start; position < end;) {
    const wanted = Math.min(CHUNK_BYTES, end - position);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(wanted), 0, wanted, position);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}
