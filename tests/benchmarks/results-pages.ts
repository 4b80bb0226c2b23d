/**
 * Measures pages of results: that a page costs the same wherever it stands and however long the document is, and that
 * reading everything does not make memory grow. Run it with
 * `node_modules/.bin/node --disable-warning=ExperimentalWarning tests/benchmarks/results-pages.ts`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createResultsReader, type ResultsReader } from '../../src/results/read-results.ts';
import type { FrameResult } from '../../src/results/results-document.ts';
import type { ObjectFilter } from '../../src/results/results-filter.ts';
import { writeResults } from '../../src/results/write-results.ts';
import { createLocalStorage } from '../../src/storage/local-storage.ts';
import type { StorageService } from '../../src/storage/storage-service.ts';

const SMALL_FRAMES = 100;
const LARGE_FRAMES = 100_000;
const PAGE = 100;
const FAR_PAGE = 1_000;
const RUNS = 200;
const WARM_UPS = 50;
const TARGET_RATIO = 1.5;
const MIB = 1024 * 1024;

const spread = (seed: number) => (seed * 0.618_033_988_75) % 1;
const boxAt = (seed: number) => ({ x: spread(seed), y: spread(seed * 3), width: 0.1, height: 0.2 });

function* makeFrames(count: number): Generator<FrameResult> {
  for (let index = 0; index < count; index += 1) {
    yield {
      frameIndex: index,
      timestampMs: index * 1000,
      // A person on every frame, so that every page by that label is full; a cat on every tenth.
      detections: ['person', 'dog', 'car', index % 10 === 0 ? 'cat' : 'bird'].map((label, nth) => ({
        label,
        confidence: spread(index + nth),
        box: boxAt(index + nth),
        trackId: nth + 1,
      })),
      texts: ['Platform 9', 'Mind the gap'].map((text, nth) => ({ text, confidence: 0.9, box: boxAt(nth) })),
    };
  }
}

async function writeDocument(storage: StorageService, key: string, frames: number): Promise<ResultsReader> {
  await writeResults(storage, key, {
    head: {
      schemaVersion: 1,
      jobId: key,
      pipelineId: 'yolo_ocr',
      media: {
        container: 'mp4',
        videoCodec: 'h264',
        width: 1280,
        height: 720,
        durationMs: frames * 1000,
        framesPerSecond: 25,
        frameCount: frames * 25,
        hasAudio: false,
      },
      models: {
        detection: { model: 'none', version: '0', sha256: '', backend: 'cpu', minConfidence: 0.5 },
        ocr: { engine: 'none', version: '0', languages: [], minConfidence: 0.6 },
        sampling: { samplesPerSecond: 1, sampledFrames: frames },
        tools: { foregsyte: '0', ffmpeg: '0' },
      },
      labels: [],
    },
    frames: makeFrames(frames),
    tracks: [],
    textSegments: [],
    timing: () => ({ totalMs: 0, decodeMs: 0, detectMs: 0, ocrMs: 0, storeMs: 0 }),
  });
  return createResultsReader(storage, key);
}

/** Reads all pages; resolves to the cursor that page FAR_PAGE begins after, the count of nodes, and the growth of RSS. */
async function walk(reader: ResultsReader, filter: ObjectFilter) {
  let after: string | null = null;
  let farCursor: string | null = null;
  let nodes = 0;
  let firstRss = 0;
  let highestRss = 0;
  for (let page = 1; ; page += 1) {
    const { nodes: read, hasNextPage, endCursor } = await reader.frames({ first: PAGE, after }, filter);
    nodes += read.length;
    const { rss } = process.memoryUsage();
    // The first pages fill the heap's young generation, whatever follows.
    if (page === WARM_UPS) firstRss = rss;
    highestRss = Math.max(highestRss, rss);
    if (!hasNextPage) return { farCursor, nodes, growth: highestRss - firstRss };
    after = endCursor;
    if (page === FAR_PAGE - 1) farCursor = after;
  }
}

interface Place {
  reader: ResultsReader;
  after: string | null;
}

/** Median milliseconds of a page at each place; the places take turns, so that noise meets all of them alike. */
async function measure(places: readonly Place[], filter: ObjectFilter): Promise<number[]> {
  const times = places.map((): number[] => []);
  for (let run = -WARM_UPS; run < RUNS; run += 1) {
    for (const [index, { reader, after }] of places.entries()) {
      const begin = performance.now();
      await reader.frames({ first: PAGE, after }, filter);
      if (run >= 0) times[index]?.push(performance.now() - begin);
    }
  }
  return times.map((all) => all.toSorted((a, b) => a - b)[RUNS / 2] ?? NaN);
}

const folder = await mkdtemp(join(tmpdir(), 'foregsyte-benchmark-'));
try {
  const storage = await createLocalStorage(folder);
  const small = await writeDocument(storage, 'small_results.json', SMALL_FRAMES);
  const large = await writeDocument(storage, 'large_results.json', LARGE_FRAMES);
  console.log(
    `${LARGE_FRAMES} frames: ${((await storage.size('large_results.json')) / MIB).toFixed(1)} MiB; ` +
      `pages of ${PAGE}, medians of ${RUNS} runs, target within ${TARGET_RATIO}x`,
  );
  const filters: [string, ObjectFilter][] = [
    ['unfiltered', {}],
    ['label on every frame', { labels: ['person'] }],
  ];
  for (const [name, filter] of filters) {
    const { farCursor, nodes, growth } = await walk(large, filter);
    const places = [
      { reader: small, after: null },
      { reader: large, after: null },
      { reader: large, after: farCursor },
    ];
    const [base = NaN, near = NaN, far = NaN] = await measure(places, filter);
    console.log(
      `${name}: small page 1 ${base.toFixed(2)} ms, large page 1 ${near.toFixed(2)} ms ` +
        `(${(near / base).toFixed(2)}x), large page ${FAR_PAGE} ${far.toFixed(2)} ms (${(far / base).toFixed(2)}x); ` +
        `all ${nodes} frames read page by page: RSS +${(growth / MIB).toFixed(1)} MiB`,
    );
    if (!(Math.max(near, far) / base <= TARGET_RATIO)) process.exitCode = 1;
  }
  const rare = await measure([{ reader: large, after: null }], { labels: ['cat'] });
  const none = await measure([{ reader: large, after: null }], { labels: ['unicorn'] });
  console.log(
    `large page 1 by a label of every tenth frame ${rare[0]?.toFixed(2)} ms, by one of no frame ${none[0]?.toFixed(2)} ms`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
