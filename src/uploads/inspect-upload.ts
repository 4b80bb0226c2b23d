import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';

/** So many bytes of a file tell whether it is an MP4. */
export const HEADER_BYTES = 64;

/** What became known of an upload while its bytes went by. Complete only after the last byte. */
export interface UploadFacts {
  /** SHA-256, hex. */
  sha256: string;
}

/** The upload's bytes, unchanged, and its facts once they have all been read. */
export interface InspectedUpload {
  bytes: AsyncGenerator<Uint8Array, void, undefined>;
  facts(): UploadFacts;
}

/**
 * Passes an upload on chunk by chunk. Before the first byte leaves, it is checked that the first 64 bytes hold an
 * MP4 `ftyp` box (ISO/IEC 14496-12, section 4.3), so that what is no MP4 is never written.
 * Reading throws AppError INVALID_VIDEO when there is none.
 */
export function inspectUpload(source: AsyncIterable<Uint8Array>): InspectedUpload {
  const hash = createHash('sha256');

  async function* bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    let header: Buffer | undefined = Buffer.alloc(0);
    for await (const chunk of source) {
      hash.update(chunk);
      if (!header) {
        yield chunk;
        continue;
      }
      header = Buffer.concat([header, chunk]);
      if (header.length < HEADER_BYTES) continue;
      assertMp4Header(header.subarray(0, HEADER_BYTES));
      yield header;
      header = undefined;
    }
    if (header) {
      assertMp4Header(header);
      yield header;
    }
  }

  return { bytes: bytes(), facts: () => ({ sha256: hash.copy().digest('hex') }) };
}

/** Reads an upload to its end, keeping nothing. Throws like `inspectUpload`. */
export async function readUploadFacts(source: AsyncIterable<Uint8Array>): Promise<UploadFacts> {
  const inspected = inspectUpload(source);
  for await (const chunk of inspected.bytes) void chunk;
  return inspected.facts();
}

/**
 * Walks the boxes (4 bytes of size, 4 of type) that begin within `header`, the first bytes of a file.
 * @throws AppError INVALID_VIDEO when none is a file type box.
 */
export function assertMp4Header(header: Buffer): void {
  let offset = 0;
  while (offset + 8 <= header.length) {
    const size = header.readUInt32BE(offset);
    if (header.toString('latin1', offset + 4, offset + 8) === 'ftyp') return;
    if (size < 8) break;
    offset += size;
  }
  const message =
    header.length === 0
      ? 'The file is empty. Send a whole MP4 file.'
      : 'The file is not an MP4: it does not begin with a file type box. Convert it to MP4 and submit it again.';
  throw new AppError('INVALID_VIDEO', message);
}
