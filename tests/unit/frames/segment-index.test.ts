import { describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasSegmentIndex, openWithoutSegmentIndex } from '../../../worker/frames/segment-index.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const folder = temporaryDirectory();

function box(type: string, payload: string | Buffer, size?: number): Buffer {
  const body = Buffer.from(payload);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(size ?? body.length + 8);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, body]);
}

async function save(name: string, ...boxes: Buffer[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, Buffer.concat(boxes));
  return path;
}

async function read(path: string): Promise<Buffer> {
  return Buffer.concat(await openWithoutSegmentIndex(path).toArray());
}

/** What follows upon the 32-bit size 1: nearly 2^63 bytes, and the first of them. */
const HUGE_SIZE = Buffer.from('7fffffffffffff0001020304', 'hex');
const large = Buffer.alloc(600_000, 'sidx');

describe('openWithoutSegmentIndex', () => {
  it('renames every index at the top level and changes nothing else', async () => {
    const before = [box('ftyp', 'isom'), box('moov', 'sidx inside'), box('sidx', 'one'), box('moof', '')];
    const path = await save(
      'dash.mp4',
      ...before,
      box('mdat', large),
      box('sidx', 'two'),
      box('mdat', 'end'),
    );
    const masked = [...before.slice(0, 2), box('free', 'one'), box('moof', '')];
    const expected = [...masked, box('mdat', large), box('free', 'two'), box('mdat', 'end')];
    expect((await read(path)).equals(Buffer.concat(expected))).toBe(true);
  });

  it.each([
    [
      'a box with a 64-bit size',
      [box('mdat', Buffer.from([0, 0, 0, 0, 0, 0, 0, 20, 1, 2, 3, 4]), 1), box('free', '')],
    ],
    ['a box with a 64-bit size that no file has', [box('mdat', HUGE_SIZE, 1), box('free', '')]],
    ['a last box without a size', [box('ftyp', 'isom'), box('mdat', large, 0)]],
    ['bytes that make no box', [Buffer.from([0, 0, 0, 3, 1, 2, 3, 4, 5, 6])]],
    ['a box that claims more than there is', [box('mdat', 'short', 4_000_000)]],
    ['a few bytes too many', [box('ftyp', 'isom'), Buffer.from([1, 2, 3])]],
    ['nothing', []],
  ])('passes %s through unchanged', async (name, boxes) => {
    const path = await save(`${name}.mp4`, ...boxes);
    expect((await read(path)).equals(Buffer.concat(boxes))).toBe(true);
  });
});

describe('hasSegmentIndex', () => {
  it.each([
    [
      'an index before the first fragment',
      [box('ftyp', ''), box('moov', ''), box('sidx', ''), box('moof', '')],
      true,
    ],
    [
      'fragments without an index',
      [box('ftyp', ''), box('moov', ''), box('moof', ''), box('sidx', '')],
      false,
    ],
    ['an ordinary file', [box('ftyp', ''), box('moov', 'sidx'), box('mdat', 'sidx')], false],
    ['a box with a size that no file has', [box('ftyp', ''), box('mdat', HUGE_SIZE, 1)], false],
    ['nothing', [], false],
  ])('looks at %s', async (name, boxes, expected) => {
    expect(await hasSegmentIndex(await save(`${name}.mp4`, ...boxes))).toBe(expected);
  });
});
