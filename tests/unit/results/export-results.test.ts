import { Readable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { exportCoco } from '../../../src/results/export-coco.ts';
import { exportCsv } from '../../../src/results/export-csv.ts';
import { exportWebvtt } from '../../../src/results/export-webvtt.ts';
import { createResultsReader, type ResultsReader } from '../../../src/results/read-results.ts';
import type { ResultsDocument } from '../../../src/results/results-document.ts';
import { createLocalStorage } from '../../../src/storage/local-storage.ts';
import { sampleResults, storeResults } from '../../helpers/sample-results.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const root = temporaryDirectory();
const sample = sampleResults(700);
let reader: ResultsReader;
beforeAll(async () => {
  reader = await readerOf(sample);
});

async function readerOf(document: ResultsDocument): Promise<ResultsReader> {
  const storage = await createLocalStorage(root);
  const key = `${document.jobId}_results.json`;
  await storeResults(storage, key, document);
  return createResultsReader(storage, key);
}

function text(source: AsyncIterable<string>): Promise<string> {
  return readText(Readable.from(source));
}

/** A strict reader of RFC 4180: every line ends with CRLF, quotes only around whole fields and doubled within. */
function parseCsv(csv: string): string[][] {
  const rows: string[][] = [[]];
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/gy;
  while (field.lastIndex < csv.length) {
    const match = field.exec(csv);
    if (!match) throw new Error('The CSV is malformed.');
    const [, raw = '', end] = match;
    rows.at(-1)?.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === '\r\n') rows.push([]);
  }
  expect(rows.pop()).toEqual([]);
  return rows;
}

describe('the CSV export', () => {
  it('has a line for each detection, and no label that a spreadsheet would run', async () => {
    const [header, ...rows] = parseCsv(await text(exportCsv(reader)));
    expect(header).toEqual(
      ['frame_index', 'timestamp_ms', 'track_id', 'label', 'confidence'].concat('x', 'y', 'width', 'height'),
    );
    const expected = sample.results.flatMap(({ frameIndex, timestampMs, detections }) =>
      detections.map(({ trackId, label, confidence, box }) => [
        ...[frameIndex, timestampMs, trackId].map(String),
        label === '=1+1' ? "'=1+1" : label,
        ...[confidence, box.x, box.y, box.width, box.height].map(String),
      ]),
    );
    expect(rows).toEqual(expected);
    expect(new Set(rows.map((row) => row[3]))).toContain('a, "quoted" cat');
  });

  it.each(['=1', '+1', '-1', '@x', '\tx', '\rx', '\nx', '＝1', '＋1', '－1', '＠x'])(
    'guards the label %j',
    async (label) => {
      const document = sampleResults(2);
      for (const frame of document.results) for (const detection of frame.detections) detection.label = label;
      const [, row] = parseCsv(await text(exportCsv(await readerOf({ ...document, jobId: 'guarded' }))));
      expect(row?.[3]).toBe(`'${label}`);
    },
  );
});

describe('the WebVTT export', () => {
  const time = /^(\d{2}):([0-5]\d):([0-5]\d)\.(\d{3})$/;
  const milliseconds = (stamp: string) => {
    const [, hours, minutes, seconds, rest] = (time.exec(stamp) ?? []).map(Number);
    return (((hours ?? NaN) * 60 + (minutes ?? NaN)) * 60 + (seconds ?? NaN)) * 1000 + (rest ?? NaN);
  };

  it('has a cue for each segment, of positive duration, escaped, where the text stands', async () => {
    const [signature, ...cues] = (await text(exportWebvtt(reader))).replace(/\n$/, '').split('\n\n');
    expect(signature).toBe('WEBVTT');
    expect(cues).toHaveLength(sample.textSegments.length);
    for (const [index, cue] of cues.entries()) {
      const [timing = '', payload = '', ...more] = cue.split('\n');
      expect(more).toEqual([]);
      const [start = '', arrow, end = '', line = '', position = '', align] = timing.split(' ');
      const segment = sample.textSegments[index];
      expect({ arrow, align, start: milliseconds(start) }).toEqual({
        arrow: '-->',
        align: 'align:left',
        start: segment?.startMs,
      });
      // One sampling interval is 200 ms.
      const lastMs = segment?.endMs ?? NaN;
      const expectedEnd =
        lastMs < sample.media.durationMs ? Math.min(lastMs + 200, sample.media.durationMs) : lastMs + 200;
      expect(milliseconds(end)).toBe(expectedEnd);
      expect(milliseconds(end)).toBeGreaterThan(milliseconds(start));
      expect(Number(/^line:([\d.]+)%$/.exec(line)?.[1])).toBeCloseTo((segment?.box.y ?? NaN) * 100, 1);
      expect(Number(/^position:([\d.]+)%$/.exec(position)?.[1])).toBeCloseTo(
        (segment?.box.x ?? NaN) * 100,
        1,
      );
      expect(payload).not.toMatch(/[<>]|&(?!(amp|lt|gt);)/);
      const read = payload.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
      expect(read).toBe(segment?.text.replaceAll('\n\n', ' '));
    }
  });

  it('writes hours, and is a file without cues when there is no text', async () => {
    const late = { ...sampleResults(2), jobId: 'late' };
    for (const segment of late.textSegments) {
      segment.startMs = 3_723_004;
      segment.endMs = 3_723_004;
    }
    expect(await text(exportWebvtt(await readerOf(late)))).toContain('\n01:02:03.004 --> 01:02:03.204 line:');
    expect(await text(exportWebvtt(await readerOf({ ...sampleResults(0), jobId: 'empty' })))).toBe(
      'WEBVTT\n',
    );
  });
});

const cocoSchema = z.strictObject({
  info: z.object({ description: z.string() }),
  images: z.array(z.record(z.string(), z.unknown())),
  categories: z.array(z.object({ id: z.int(), name: z.string() })),
  annotations: z.array(
    z.object({ id: z.int(), image_id: z.int(), category_id: z.int(), bbox: z.array(z.number()) }).loose(),
  ),
});

describe('the COCO export', () => {
  it('is valid JSON whose annotations are the detections in pixels', async () => {
    const coco = cocoSchema.parse(JSON.parse(await text(exportCoco(reader))));
    expect(coco.images).toHaveLength(700);
    expect(coco.images[3]).toEqual({
      id: 16,
      file_name: 'frame-15.png',
      width: 640,
      height: 360,
      frame_index: 15,
      timestamp_ms: 600,
    });
    const names = new Map(coco.categories.map(({ id, name }) => [id, name]));
    const expected = sample.results.flatMap(({ frameIndex, detections }) =>
      detections.map(({ label, confidence, trackId, box }) => ({
        image_id: frameIndex + 1,
        label,
        score: confidence,
        track_id: trackId,
        bbox: [box.x * 640, box.y * 360, box.width * 640, box.height * 360],
      })),
    );
    expect(coco.annotations.map(({ id }) => id)).toEqual(expected.map((_, index) => index + 1));
    for (const [index, annotation] of coco.annotations.entries()) {
      const { label, bbox, ...rest } = expected[index] ?? { bbox: [] };
      expect(annotation).toMatchObject({ ...rest, iscrowd: 0, area: 4608 });
      expect(names.get(annotation.category_id)).toBe(label);
      for (const [side, value] of bbox.entries()) expect(annotation.bbox[side]).toBeCloseTo(value, 1);
    }
  });

  it('is valid JSON without frames', async () => {
    const coco = cocoSchema.parse(
      JSON.parse(await text(exportCoco(await readerOf({ ...sampleResults(0), jobId: 'empty' })))),
    );
    expect(coco).toMatchObject({ images: [], categories: [], annotations: [] });
  });
});
