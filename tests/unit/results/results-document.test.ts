import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createResultsReader } from '../../../src/results/read-results.ts';
import type { FrameResult, ResultsHead, TextSegment } from '../../../src/results/results-document.ts';
import { writeResults } from '../../../src/results/write-results.ts';
import { createLocalStorage } from '../../../src/storage/local-storage.ts';
import type { StorageService } from '../../../src/storage/storage-service.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const root = temporaryDirectory();
let storage: StorageService;
beforeAll(async () => {
  storage = await createLocalStorage(root);
});

const head: ResultsHead = {
  schemaVersion: 1,
  jobId: 'job',
  pipelineId: 'yolo_ocr',
  media: {
    container: 'mp4',
    videoCodec: 'h264',
    width: 2,
    height: 2,
    durationMs: 1,
    framesPerSecond: 1,
    frameCount: 1,
    hasAudio: false,
  },
  models: {
    detection: { model: 'm', version: '1', sha256: 'x', backend: 'cpu', minConfidence: 0.5 },
    ocr: { engine: 'e', version: '1', languages: ['eng'], minConfidence: 0.6 },
    sampling: { samplesPerSecond: 1, sampledFrames: 3 },
    tools: { foregsyte: '0', ffmpeg: '0' },
  },
  labels: [],
};
const timing = { totalMs: 5, decodeMs: 1, detectMs: 1, ocrMs: 1, storeMs: 1 };
const box = { x: 0, y: 0, width: 1, height: 1 };
// Signs of several bytes, and text that looks like the document's own structure.
const frames = (count: number): FrameResult[] =>
  Array.from({ length: count }, (_, index) => ({
    frameIndex: index,
    timestampMs: index * 40,
    detections: [],
    texts: [{ text: `“ä” ],\n"tracks":[ ${index}`, confidence: 1, box }],
  }));
const segment: TextSegment = { text: 'é', startMs: 0, endMs: 1, sampleCount: 1, bestConfidence: 1, box };

describe('a results document', () => {
  it('is one JSON document, and every page of it is the same slice', async () => {
    const all = frames(2500);
    await writeResults(storage, 'a_results.json', {
      head,
      frames: all,
      tracks: [],
      textSegments: [segment],
      timing: () => timing,
    });
    const whole: unknown = JSON.parse((await buffer(await storage.open('a_results.json'))).toString());
    expect(whole).toEqual({ ...head, results: all, tracks: [], textSegments: [segment], timing });

    const reader = await createResultsReader(storage, 'a_results.json');
    expect(await reader.summary()).toEqual({ ...head, timing });
    const read = [];
    let after: string | null = null;
    for (;;) {
      const page = await reader.frames({ first: 7, after });
      expect(page.totalCount).toBe(2500);
      read.push(...page.nodes);
      if (!page.hasNextPage) break;
      after = page.endCursor;
    }
    expect(read).toEqual(all);
    const nothing = { totalCount: 0, nodes: [], endCursor: null, hasNextPage: false };
    expect(await reader.tracks({})).toEqual(nothing);
    expect(await reader.textSegments({})).toMatchObject({ totalCount: 1, nodes: [segment] });
  });

  it('is not there when its frames cannot be read to their end', async () => {
    async function* failing() {
      yield* frames(3);
      throw new Error('scratch is gone');
    }
    const writing = writeResults(storage, 'c_results.json', {
      head,
      frames: failing(),
      tracks: [],
      textSegments: [],
      timing: () => timing,
    });
    await expect(writing).rejects.toThrow('scratch is gone');
    expect(await storage.exists('c_results.json')).toBe(false);
  });
});
