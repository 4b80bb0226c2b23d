import { beforeAll, describe, expect, it } from '@jest/globals';
import { createResultsReader, type ResultsReader } from '../../../src/results/read-results.ts';
import type { BoundingBox } from '../../../src/results/results-document.ts';
import type { ObjectFilter, TextSegmentFilter } from '../../../src/results/results-filter.ts';
import type { PageRequest, ResultsPage } from '../../../src/results/results-page.ts';
import { createLocalStorage } from '../../../src/storage/local-storage.ts';
import type { StorageService } from '../../../src/storage/storage-service.ts';
import { sampleResults, storeResults } from '../../helpers/sample-results.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const root = temporaryDirectory();
const sample = sampleResults(1200);
let storage: StorageService;
let reader: ResultsReader;
beforeAll(async () => {
  storage = await createLocalStorage(root);
  await storeResults(storage, 'sample_results.json', sample);
  reader = await createResultsReader(storage, 'sample_results.json');
});

/** Reads page after page; every page but the last must say that another follows. */
async function readAll<T>(read: (page: PageRequest) => Promise<ResultsPage<T>>, first: number): Promise<T[]> {
  const nodes: T[] = [];
  let after: string | null = null;
  for (;;) {
    const page: ResultsPage<T> = await read({ first, after });
    expect(page.nodes.length).toBeLessThanOrEqual(first);
    nodes.push(...page.nodes);
    if (!page.hasNextPage) return nodes;
    expect(page.endCursor).not.toBeNull();
    expect(page.endCursor).not.toBe(after);
    after = page.endCursor;
  }
}

const region = { x: 0.2, y: 0.25, width: 0.3, height: 0.3 };
const touches = (box: BoundingBox, wanted: BoundingBox | null | undefined) =>
  !wanted ||
  (box.x < wanted.x + wanted.width &&
    wanted.x < box.x + box.width &&
    box.y < wanted.y + wanted.height &&
    wanted.y < box.y + box.height);

const objectFilters: ObjectFilter[] = [
  {},
  { labels: ['dog'] },
  { labels: ['dog', '=1+1'], minConfidence: 0.5 },
  { minConfidence: 0.9 },
  { fromMs: 10_000 },
  { toMs: 10_001 },
  { fromMs: 10_100, toMs: 30_000 },
  { fromMs: 30_000, toMs: 30_001 },
  { fromMs: 10_000_000 },
  { region },
  { labels: ['person'], minConfidence: 0.2, fromMs: 5_000, toMs: 200_000, region },
  { labels: ['unicorn'] },
  { labels: null, minConfidence: null, fromMs: null, toMs: null, region: null },
];

describe.each([1000, 13])('pages of %i', (first) => {
  it.each(objectFilters)('of frames are what %j leaves of the document', async (filter) => {
    const { labels, minConfidence, fromMs, toMs } = filter;
    const narrows = [labels, minConfidence, filter.region].some(
      (value) => value !== undefined && value !== null,
    );
    const expected = sample.results
      .filter(({ timestampMs }) => timestampMs >= (fromMs ?? 0) && timestampMs < (toMs ?? Infinity))
      .map((frame) => ({
        frameIndex: frame.frameIndex,
        timestampMs: frame.timestampMs,
        detections: frame.detections.filter(
          ({ label, confidence, box }) =>
            (!labels || labels.includes(label)) &&
            confidence >= (minConfidence ?? 0) &&
            touches(box, filter.region),
        ),
        texts: frame.texts.filter(
          ({ confidence, box }) =>
            !labels && confidence >= (minConfidence ?? 0) && touches(box, filter.region),
        ),
      }))
      .filter(({ detections, texts }) => !narrows || detections.length + texts.length > 0);
    expect(await readAll((page) => reader.frames(page, filter), first)).toEqual(expected);
  });

  it.each(objectFilters)('of tracks are what %j leaves of the document', async (filter) => {
    const { labels, minConfidence, fromMs, toMs } = filter;
    const expected = sample.tracks.filter(
      (track) =>
        (!labels || labels.includes(track.label)) &&
        track.bestConfidence >= (minConfidence ?? 0) &&
        track.lastSeenMs >= (fromMs ?? 0) &&
        track.firstSeenMs < (toMs ?? Infinity) &&
        touches(track.bestBox, filter.region),
    );
    expect(await readAll((page) => reader.tracks(page, filter), first)).toEqual(expected);
  });

  it.each<[TextSegmentFilter, string[] | null]>([
    [{}, null],
    [{ contains: 'STRASSE' }, ['Straße 12']],
    [{ contains: '  cafe\touvert ' }, ['CAFÉ  ouvert']],
    [{ contains: 'full w' }, ['ＦＵＬＬ width']],
    [{ contains: 'one two', fromMs: 10_000, toMs: 90_000 }, ['one\n\ntwo']],
    [{ contains: 'nowhere' }, []],
    [{ minConfidence: 0.7, region }, null],
    [{ fromMs: 20_050, toMs: 20_060 }, null],
  ])('of text segments are what %j leaves of the document', async (filter, texts) => {
    const expected = sample.textSegments.filter(
      (segment) =>
        (!texts || texts.includes(segment.text)) &&
        segment.bestConfidence >= (filter.minConfidence ?? 0) &&
        segment.endMs >= (filter.fromMs ?? 0) &&
        segment.startMs < (filter.toMs ?? Infinity) &&
        touches(segment.box, filter.region),
    );
    expect(await readAll((page) => reader.textSegments(page, filter), first)).toEqual(expected);
  });
});

describe('a page', () => {
  it('counts the whole section, whatever the filter', async () => {
    const page = await reader.frames({ first: 1 }, { labels: ['dog'], fromMs: 1_000 });
    expect(page).toMatchObject({ totalCount: 1200, hasNextPage: true });
    expect(page.nodes).toHaveLength(1);
  });

  it('holds boxes that overlap the region, not those that only touch it', async () => {
    const bestBox = { x: 0.25, y: 0.25, width: 0.25, height: 0.25 };
    const tracks = sample.tracks
      .slice(0, 1)
      .map((track) => Object.assign(structuredClone(track), { bestBox }));
    await storeResults(storage, 'touching_results.json', { ...sample, tracks });
    const touching = await createResultsReader(storage, 'touching_results.json');
    const countIn = async (x: number, y: number) =>
      (await touching.tracks({}, { region: { x, y, width: 0.25, height: 0.25 } })).nodes.length;
    expect(await Promise.all([countIn(0.49, 0.01), countIn(0.01, 0.49)])).toEqual([1, 1]);
    expect(await Promise.all([countIn(0.5, 0.25), countIn(0.25, 0), countIn(0, 0)])).toEqual([0, 0, 0]);
  });

  it('has 100 nodes when the client does not say how many', async () => {
    expect((await reader.frames({})).nodes).toHaveLength(100);
  });

  it('is the last exactly when nothing of the time range is left', async () => {
    const filter = { fromMs: 2_000, toMs: 4_000 };
    expect(await reader.frames({ first: 10 }, filter)).toMatchObject({ hasNextPage: false });
    expect(await reader.frames({ first: 9 }, filter)).toMatchObject({ hasNextPage: true });
  });

  it('looks at 5000 items at most, and the next page goes on from there', async () => {
    const long = sampleResults(12_000);
    await storeResults(storage, 'long_results.json', long);
    let readBytes = 0;
    const counted: StorageService = {
      ...storage,
      async read(key, range) {
        readBytes += range.end - range.start;
        return storage.read(key, range);
      },
    };
    const longReader = await createResultsReader(counted, 'long_results.json');
    const filter = { labels: ['unicorn'] };
    const page = await longReader.frames({ first: 1 }, filter);
    expect(page).toMatchObject({ nodes: [], hasNextPage: true });
    expect(readBytes).toBeLessThan((await storage.size('long_results.json')) * 0.5);
    const second = await longReader.frames({ first: 1, after: page.endCursor }, filter);
    expect(second).toMatchObject({ nodes: [], hasNextPage: true });
    const last = await longReader.frames({ first: 1, after: second.endCursor }, filter);
    expect(last).toMatchObject({ nodes: [], hasNextPage: false });
  });

  it('reads 16 MiB at most, however large the frames are', async () => {
    const crowded = sampleResults(60);
    const texts = [{ text: 'x'.repeat(700_000), confidence: 1, box: region }];
    await storeResults(storage, 'crowded_results.json', {
      ...crowded,
      results: crowded.results.map((frame) => ({ ...frame, texts })),
    });
    const crowdedReader = await createResultsReader(storage, 'crowded_results.json');
    const page = await crowdedReader.frames({ first: 1000 });
    expect(page).toMatchObject({ totalCount: 60, hasNextPage: true });
    expect(page.nodes.length).toBe(24);
    const read = await readAll((request) => crowdedReader.frames(request), 1000);
    expect(read.map(({ frameIndex }) => frameIndex)).toEqual(
      crowded.results.map(({ frameIndex }) => frameIndex),
    );
  });
});

describe('a request for a page is refused', () => {
  const cursor = (text: string) => Buffer.from(text).toString('base64url');

  it.each([0, -1, 1001, 1.5, Number.NaN])('with first %p', async (first) => {
    await expect(reader.frames({ first })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { argument: 'first', min: 1, max: 1000 },
    });
  });

  it.each([
    '',
    'nonsense',
    '%%%',
    cursor('results:-1'),
    cursor('results:1e2'),
    cursor('results:007'),
    cursor('results:1201'),
    cursor('results:1:2'),
    cursor('results'),
    cursor('tracks:3'),
    `${cursor('results:3')}=`,
  ])('with the foreign cursor %j', async (after) => {
    await expect(reader.frames({ after })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { argument: 'after' },
    });
  });

  it.each<[ObjectFilter, string, number, number]>([
    [{ minConfidence: 1.01 }, 'minConfidence', 0, 1],
    [{ minConfidence: Number.NaN }, 'minConfidence', 0, 1],
    [{ fromMs: -1 }, 'fromMs', 0, Number.MAX_SAFE_INTEGER],
    [{ fromMs: 5, toMs: 5 }, 'toMs', 6, Number.MAX_SAFE_INTEGER],
    [{ toMs: 0 }, 'toMs', 1, Number.MAX_SAFE_INTEGER],
    [{ labels: [] }, 'labels', 1, 100],
    [{ labels: Array.from({ length: 101 }, String) }, 'labels', 1, 100],
    [{ labels: ['x'.repeat(101)] }, 'labels', 1, 100],
    [{ region: { ...region, x: -0.1 } }, 'region.x', 0, 1],
    [{ region: { ...region, y: 1.1 } }, 'region.y', 0, 1],
    [{ region: { ...region, width: 0 } }, 'region.width', 0, 0.8],
    [{ region: { ...region, height: 0.76 } }, 'region.height', 0, 0.75],
  ])('with the filter %j', async (filter, argument, min, max) => {
    const refused = { code: 'INVALID_ARGUMENT', details: { argument: `filter.${argument}`, min, max } };
    await expect(reader.frames({}, filter)).rejects.toMatchObject(refused);
    await expect(reader.tracks({}, filter)).rejects.toMatchObject(refused);
  });

  it.each(['', ' \u0301 ', 'x'.repeat(201)])('with contains %j', async (contains) => {
    await expect(reader.textSegments({}, { contains })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { argument: 'filter.contains', min: 1, max: 200 },
    });
  });

  it('but a region may end at the edge of the frame, whatever the rounding', async () => {
    const edge = { x: 0.1 + 0.2, y: 0, width: 0.7, height: 1 };
    await expect(reader.frames({}, { region: edge })).resolves.toMatchObject({ totalCount: 1200 });
  });
});
