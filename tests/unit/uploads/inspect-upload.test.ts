import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { inspectUpload } from '../../../src/uploads/inspect-upload.ts';

const box = (type: string, size: number) => {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32BE(size, 0);
  bytes.write(type, 4, 'latin1');
  return bytes;
};
async function* inPieces(bytes: Buffer, size: number) {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

describe('inspectUpload', () => {
  it.each([1, 7, 64, 1000])(
    'passes an MP4 on unchanged in pieces of %i bytes, with its hash',
    async (size) => {
      const video = Buffer.concat([box('ftyp', 24), box('moov', 300)]);
      const upload = inspectUpload(inPieces(video, size));
      expect(await buffer(upload.bytes)).toEqual(video);
      expect(upload.facts().sha256).toBe(createHash('sha256').update(video).digest('hex'));
    },
  );

  it('finds the file type box behind a small box, and in a file shorter than the header', async () => {
    await expect(
      buffer(inspectUpload(inPieces(Buffer.concat([box('free', 16), box('ftyp', 24)]), 10)).bytes),
    ).resolves.toHaveLength(40);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('ftyp is a word in this text, which is long enough to fill the header of a file')],
    ['a box beyond the first 64 bytes', Buffer.concat([box('free', 80), box('ftyp', 24)])],
    ['boxes of size zero', Buffer.alloc(100)],
    ['four bytes', Buffer.from('ftyp')],
  ])('refuses %s', async (_what, bytes) => {
    await expect(buffer(inspectUpload(inPieces(bytes, 16)).bytes)).rejects.toMatchObject({
      code: 'INVALID_VIDEO',
    });
  });

  it('refuses before the first byte is passed on', async () => {
    const passed: Uint8Array[] = [];
    const reading = (async () => {
      for await (const chunk of inspectUpload(inPieces(Buffer.alloc(5000, 65), 64)).bytes) passed.push(chunk);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'INVALID_VIDEO' });
    expect(passed).toEqual([]);
  });
});
