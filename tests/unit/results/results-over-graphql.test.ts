import { beforeAll, describe, expect, it } from '@jest/globals';
import { graphql, type GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { buildGraphqlSchema } from '../../../src/graphql/schema.ts';
import { LOCAL_CALLER } from '../../../src/access/caller.ts';
import type { ResultsDocument } from '../../../src/results/results-document.ts';
import { createResultsReader } from '../../../src/results/read-results.ts';
import { createLocalStorage } from '../../../src/storage/local-storage.ts';
import { sampleResults, storeResults } from '../../helpers/sample-results.ts';
import { UNUSED_SERVICES } from '../../../src/graphql/print-schema.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const root = temporaryDirectory();
const sample = sampleResults(50);
let schema: GraphQLSchema;
/** Replaces the document. */
let store: (document: ResultsDocument) => Promise<void>;

beforeAll(async () => {
  const storage = await createLocalStorage(root);
  store = (document) => storeResults(storage, 'sample_results.json', document);
  await store(sample);
  const openResults = async () => {
    const reader = await createResultsReader(storage, 'sample_results.json');
    const time = new Date(0);
    const job = { jobId: sample.jobId, attempt: 1, createdAt: time, updatedAt: time };
    return { job, key: 'sample_results.json', reader };
  };
  schema = buildGraphqlSchema({ ...UNUSED_SERVICES, openResults });
});

const pageShape = z.object({
  results: z.object({
    frames: z.object({
      totalCount: z.number(),
      nodes: z.array(z.unknown()),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    }),
  }),
});

const ask = (fields: string) =>
  graphql({
    schema,
    source: `{ results(jobId: "${sample.jobId}") { ${fields} } }`,
    contextValue: { caller: LOCAL_CALLER, notes: {} },
  });

describe('results over GraphQL', () => {
  it('go on from page to page by cursor', async () => {
    const read: unknown[] = [];
    let after = 'null';
    for (let page = 0; page < 4; page += 1) {
      const { data, errors } = await ask(
        `frames(first: 20, after: ${after}) { totalCount nodes { frameIndex } pageInfo { hasNextPage endCursor } }`,
      );
      expect(errors).toBeUndefined();
      const { frames } = pageShape.parse(data).results;
      expect(frames.totalCount).toBe(50);
      read.push(...frames.nodes);
      if (!frames.pageInfo.hasNextPage) break;
      after = JSON.stringify(frames.pageInfo.endCursor);
    }
    expect(read).toEqual(sample.results.map(({ frameIndex }) => ({ frameIndex })));
  });

  it('hold the paths of tracks, and null for a track from before there were any', async () => {
    const { data, errors } = await ask(
      'tracks(first: 4) { nodes { path { timestampMs box { x y width height } } } }',
    );
    expect(errors).toBeUndefined();
    const nodes = sample.tracks.slice(0, 4).map(({ path = null }) => ({ path }));
    expect(nodes.map(({ path }) => path === null)).toEqual([false, true, false, true]);
    expect(data).toEqual({ results: { tracks: { nodes } } });
  });

  it('say where scenes begin, and null for frames from before that was looked for', async () => {
    const cuts = [false, true];
    await store({
      ...sample,
      results: sample.results.map((frame, index) => {
        const sceneCut = cuts[index];
        return sceneCut === undefined ? frame : { ...frame, sceneCut };
      }),
    });
    const { data, errors } = await ask('frames(first: 3) { nodes { sceneCut } }');
    expect(errors).toBeUndefined();
    const nodes = [{ sceneCut: false }, { sceneCut: true }, { sceneCut: null }];
    expect(data).toEqual({ results: { frames: { nodes } } });
    await store(sample);
  });

  it('hold both confidences of texts, and null for texts from before they were told apart', async () => {
    const { data, errors } = await ask(`
      frames(first: 5) { nodes { texts { confidence detectionConfidence } } }
      textSegments(first: 2) { nodes { detectionConfidence recognitionConfidence bestConfidence } }`);
    expect(errors).toBeUndefined();
    const frames = sample.results.slice(0, 5).map(({ texts }) => ({
      texts: texts.map(({ confidence, detectionConfidence = null }) => ({ confidence, detectionConfidence })),
    }));
    const segments = sample.textSegments.slice(0, 2).map((segment) => ({
      detectionConfidence: segment.detectionConfidence ?? null,
      recognitionConfidence: segment.recognitionConfidence ?? null,
      bestConfidence: segment.bestConfidence,
    }));
    expect(segments.map(({ detectionConfidence }) => detectionConfidence === null)).toEqual([false, true]);
    expect(data).toEqual({ results: { frames: { nodes: frames }, textSegments: { nodes: segments } } });
  });

  it('take every member of every filter', async () => {
    const shared =
      'minConfidence: 0.1, fromMs: 0, toMs: 9000, region: { x: 0, y: 0, width: 0.9, height: 0.9 }';
    const answer = await ask(`
      frames(filter: { labels: ["dog"], ${shared} }) { nodes { detections { label box { x y width height } } texts { text } } }
      tracks(filter: { labels: ["dog"], ${shared} }) { nodes { label bestBox { x } } }
      textSegments(filter: { contains: "STRASSE", ${shared} }) { nodes { text box { x } } }`);
    expect(answer.errors).toBeUndefined();
    const text = JSON.stringify(answer.data);
    expect(text).toContain('Straße 12');
    expect(text).toContain('"dog"');
    expect(text).not.toContain('"person"');
    expect(text).not.toContain('ouvert');
  });

  it('name the argument of a filter that is out of its limits', async () => {
    const { errors } = await ask('tracks(filter: { minConfidence: 2 }) { totalCount }');
    expect(errors?.[0]?.originalError).toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { argument: 'filter.minConfidence', min: 0, max: 1 },
    });
  });

  it('tell what is wrong with a damaged video, and nothing of one from before there were warnings', async () => {
    const fields = 'warnings { code message }';
    expect((await ask(fields)).data?.['results']).toEqual({ warnings: [] });
    const warnings = [{ code: 'VIDEO_TRUNCATED', message: 'The video breaks off early.' }] as const;
    await store({ ...sample, warnings: [...warnings] });
    const { data, errors } = await ask(fields);
    await store(sample);
    expect(errors).toBeUndefined();
    expect(data?.['results']).toEqual({ warnings });
  });

  it('say under which path each format is served', async () => {
    const { data } = await ask(
      'resultsUrl csv: resultsUrl(format: CSV) vtt: resultsUrl(format: WEBVTT) coco: resultsUrl(format: COCO)',
    );
    const path = `/results/${sample.jobId}`;
    expect(data?.['results']).toEqual({
      resultsUrl: `${path}/document.json`,
      csv: `${path}/detections.csv`,
      vtt: `${path}/texts.vtt`,
      coco: `${path}/coco.json`,
    });
  });
});
