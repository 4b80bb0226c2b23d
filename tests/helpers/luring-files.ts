/** An empty `ftyp` box that passes for the beginning of an MP4. */
const MP4_START = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomiso2', 'latin1');

/** Files that pass for MP4s when they are uploaded and then try to make a decoder open `address`, by their names. */
export function luringFiles(tiny: Buffer, address: string): Map<string, Buffer> {
  const playlist = (text: string) => Buffer.concat([MP4_START, Buffer.from(text)]);
  return new Map([
    ['hls.mp4', playlist(`\n#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${address}\n#EXT-X-ENDLIST\n`)],
    ['concat.mp4', playlist(`\nffconcat version 1.0\nfile '${address}'\n`)],
    [
      'dash.mp4',
      playlist(
        `\n<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>${address}</BaseURL></MPD>`,
      ),
    ],
    ['reference.mp4', referenceMovie(tiny, address)],
  ]);
}

/**
 * An MP4 whose track says that its frames lie in another file (ISO/IEC 14496-12, section 8.7.2; the record of a file is
 * that of Macintosh aliases, the only one that ffmpeg follows).
 */
function referenceMovie(whole: Buffer, path: string): Buffer {
  const entryAt = whole.indexOf('dref') + 12;
  const entry = aliasEntry(path);
  const added = entry.length - whole.readUInt32BE(entryAt);
  const result = Buffer.concat([
    whole.subarray(0, entryAt),
    entry,
    whole.subarray(entryAt + whole.readUInt32BE(entryAt)),
  ]);
  // Every box around the entry grows by as much.
  for (const box of ['moov', 'trak', 'mdia', 'minf', 'dinf', 'dref']) {
    const sizeAt = whole.indexOf(box) - 4;
    result.writeUInt32BE(whole.readUInt32BE(sizeAt) + added, sizeAt);
  }
  return result;
}

function aliasEntry(path: string): Buffer {
  const name = Buffer.from(path);
  const padded = Buffer.concat([name, Buffer.alloc(name.length % 2)]);
  const absolutePath = Buffer.alloc(4);
  absolutePath.writeUInt16BE(2, 0);
  absolutePath.writeUInt16BE(name.length, 2);
  const end = Buffer.from([0xff, 0xff, 0, 0]);
  const head = Buffer.alloc(12);
  head.write('alis', 4, 'latin1');
  // Names of the volume and the file, and how many folders lie in between: none of it is looked at for this record.
  const body = Buffer.concat([head, Buffer.alloc(150), absolutePath, padded, end]);
  body.writeUInt32BE(body.length, 0);
  return body;
}
