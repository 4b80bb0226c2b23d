import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { graphql } from 'graphql';
import { buildSchemaSync, Query, Resolver } from 'type-graphql';
import { AnalysisOptionsType } from '../../../src/graphql/analysis-options.types.ts';
import { ProvenanceType } from '../../../src/graphql/provenance.types.ts';
import { completeStoredOptions } from '../../../src/jobs/analysis-options.ts';
import type { Provenance } from '../../../src/results/results-document.ts';

/** As documents had it before labels and a range of time could be chosen. */
const older: Provenance = {
  detection: { model: 'm', version: '1', sha256: 'x', backend: 'cpu', minConfidence: 0.5 },
  ocr: { engine: 'e', version: '1', languages: ['eng'], minConfidence: 0.6 },
  sampling: { samplesPerSecond: 1, sampledFrames: 3 },
  tools: { foregsyte: '0', ffmpeg: '0' },
};
const chosen: Provenance = {
  ...older,
  detection: { ...older.detection, labels: ['dog'] },
  ocr: { ...older.ocr, languageData: [{ language: 'eng', sha256: 'y', bundled: true }] },
  sampling: { ...older.sampling, mode: 'adaptive', startMs: 5, endMs: 10 },
  reuse: { unchanged: true, threshold: 8 },
};

@Resolver()
class SampleResolver {
  @Query(() => ProvenanceType)
  older(): Provenance {
    return older;
  }

  @Query(() => ProvenanceType)
  chosen(): Provenance {
    return chosen;
  }

  @Query(() => AnalysisOptionsType)
  olderOptions(): AnalysisOptionsType {
    return completeStoredOptions({ samplesPerSecond: 2 });
  }
}
const schema = buildSchemaSync({ resolvers: [SampleResolver], validate: false });

async function ask(query: string): Promise<unknown> {
  const { data, errors } = await graphql({ schema, source: `{ ${query} }` });
  expect(errors).toBeUndefined();
  return data;
}

const CHOICES = `{
  detection { labels } ocr { languageData { language sha256 bundled } }
  sampling { mode startMs endMs } reuse { unchanged threshold }
}`;

describe('the provenance of results', () => {
  it('can be asked of documents from before there was a choice', async () => {
    expect(await ask(`older ${CHOICES}`)).toEqual({
      older: {
        detection: { labels: null },
        ocr: { languageData: null },
        sampling: { mode: null, startMs: null, endMs: null },
        reuse: null,
      },
    });
  });

  it('says what was chosen', async () => {
    expect(await ask(`chosen ${CHOICES}`)).toEqual({
      chosen: {
        detection: { labels: ['dog'] },
        ocr: { languageData: [{ language: 'eng', sha256: 'y', bundled: true }] },
        sampling: { mode: 'ADAPTIVE', startMs: 5, endMs: 10 },
        reuse: { unchanged: true, threshold: 8 },
      },
    });
  });
});

describe('the options of a job', () => {
  it('can be asked of older jobs', async () => {
    expect(
      await ask('olderOptions { sampling samplesPerSecond startMs endMs labels languages reuseUnchanged }'),
    ).toEqual({
      olderOptions: {
        sampling: 'UNIFORM',
        samplesPerSecond: 2,
        startMs: 0,
        endMs: null,
        labels: [],
        languages: ['eng'],
        reuseUnchanged: true,
      },
    });
  });
});
