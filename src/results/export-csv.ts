import { stringify } from 'csv-stringify/sync';
import type { ResultsReader } from './read-results.ts';

const COLUMNS = [
  'frame_index',
  'timestamp_ms',
  'track_id',
  'label',
  'confidence',
  'x',
  'y',
  'width',
  'height',
];

/**
 * The detections as CSV (RFC 4180), one a line, in order of time; boxes normalised, as in the document.
 * Labels are guarded against formula injection as OWASP advises: one that a spreadsheet could take for a formula
 * (it begins with = + - @, their full-width forms, a tab or a line break) gets an apostrophe before it.
 */
export async function* exportCsv(reader: ResultsReader): AsyncGenerator<string> {
  // The header waits for the first frames, so that results that cannot be read do not begin at all.
  let header = toLines([COLUMNS]);
  for await (const frames of reader.allFrames()) {
    const rows = frames.flatMap(({ frameIndex, timestampMs, detections }) =>
      detections.map(({ trackId, label, confidence, box }) => [
        frameIndex,
        timestampMs,
        trackId,
        label,
        confidence,
        box.x,
        box.y,
        box.width,
        box.height,
      ]),
    );
    yield header + toLines(rows);
    header = '';
  }
  yield header;
}

function toLines(rows: (string | number)[][]): string {
  return stringify(rows, {
    record_delimiter: 'windows',
    // With CRLF between records, the library would leave a lone line break unquoted.
    quoted_match: /[\r\n]/,
    escape_formulas: true,
    // The library does not know a leading line feed as dangerous.
    cast: { string: (value) => (value.startsWith('\n') ? `'${value}` : value) },
  });
}
