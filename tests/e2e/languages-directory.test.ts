import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hashFile } from '../../worker/hash-file.ts';
import {
  fileAsBlob,
  startService,
  TINY_VIDEO,
  type RunningService,
  submittedJobId,
} from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitForSettledJob } from '../helpers/wait-for-settled-job.ts';

const SETTLE_MS = 90_000;
const require = createRequire(import.meta.url);
const french = require.resolve('@tesseract.js-data/fra/4.0.0_best_int/fra.traineddata.gz');
const english = require.resolve('@tesseract.js-data/eng/4.0.0_best_int/eng.traineddata.gz');
const dataDirectory = temporaryDirectory();
const languages = temporaryDirectory();
const italian = join(languages, 'ita.traineddata.gz');
const polish = join(languages, 'pol.traineddata');
let service: RunningService;

beforeAll(async () => {
  await copyFile(french, italian);
  const plain = gunzipSync(await readFile(french));
  await writeFile(polish, plain.subarray(0, plain.length / 2));
  await writeFile(join(languages, 'fin.traineddata'), '<html>404 Not Found</html>');
  service = await startService({
    dataDirectory,
    worker: true,
    environment: { OCR_LANGUAGES_DIR: languages },
  });
});
afterAll(() => service.stop());

const askedFor = { samplesPerSecond: 1, startMs: 1000, endMs: 1100 };
const submit = async (...codes: string[]) =>
  service.submit(await fileAsBlob(TINY_VIDEO), 'a.mp4', { options: { ...askedFor, languages: codes } });

/** Submits the fixture, in whose picture HELLO FOREGSYTE 42 stands, and waits until its job is settled. */
const analyse = async (...codes: string[]) => {
  const id = submittedJobId(await submit(...codes));
  return { id, job: await waitForSettledJob(service, id, { timeoutMs: SETTLE_MS }) };
};

const languageData = async (id: string) => {
  const { data } = await service.request(
    `query($id: ID!) { results(jobId: $id) {
      models { ocr { languages languageData { language sha256 bundled } } } textSegments { nodes { text } }
    } }`,
    { id },
  );
  return data;
};
const documentOf = async (id: string): Promise<unknown> =>
  (await service.fetch(`/results/${id}/document.json`)).json();

describe('a language whose data lies in the operator’s folder', () => {
  it('is offered, read, and told of with the hash of its file', async () => {
    const offered = await service.request('{ pipelines { options { name description } } }');
    expect(JSON.stringify(offered.data)).toContain('eng, deu, fra, spa, fin, ita, pol');

    const { id, job } = await analyse('ita', 'eng');
    expect(job).toMatchObject({ status: 'COMPLETED', errorCode: null });
    const expected = [
      { language: 'ita', sha256: await hashFile(italian), bundled: false },
      { language: 'eng', sha256: await hashFile(english), bundled: true },
    ];
    expect(await languageData(id)).toMatchObject({
      results: {
        models: { ocr: { languages: ['ita', 'eng'], languageData: expected } },
        textSegments: { nodes: [{ text: 'HELLO FOREGSYTE 42' }] },
      },
    });
    expect(await documentOf(id)).toMatchObject({
      schemaVersion: 1,
      models: { ocr: { languageData: expected } },
    });
  });

  it('is refused at once when the folder has none', async () => {
    expect((await submit('por')).errors).toMatchObject([
      { extensions: { code: 'INVALID_ARGUMENT', argument: 'options.languages[0]' } },
    ]);
  });

  it.each([
    ['pol', 'pol'],
    ['fin', 'fin'],
    ['eng,pol', 'pol'],
    ['pol,ita', 'pol'],
  ])(
    'fails the job at its first attempt when its data is damaged, and tells what to do: %s',
    async (codes, damaged) => {
      const { job } = await analyse(...codes.split(','));
      expect(job).toMatchObject({
        status: 'FAILED',
        errorCode: 'LANGUAGE_UNAVAILABLE',
        errorMessage: expect.stringMatching(
          new RegExp(`"${damaged}": its file in the folder OCR_LANGUAGES_DIR is damaged.*foregsyte doctor`),
        ),
        attempt: 1,
      });
    },
  );

  it('is read by the same worker as soon as the operator has mended it, and the job is retried', async () => {
    const { id, job } = await analyse('pol');
    expect(job).toMatchObject({ status: 'FAILED' });
    await writeFile(`${polish}.new`, gunzipSync(await readFile(french)));
    await rename(`${polish}.new`, polish);
    const retried = await service.request('mutation($id: ID!) { retryJob(jobId: $id) { id } }', { id });
    expect(retried.errors).toBeUndefined();
    expect(await waitForSettledJob(service, id, { timeoutMs: SETTLE_MS })).toMatchObject({
      status: 'COMPLETED',
    });
    expect(await languageData(id)).toMatchObject({
      results: {
        models: { ocr: { languageData: [{ language: 'pol', sha256: await hashFile(polish) }] } },
        textSegments: { nodes: [{ text: 'HELLO FOREGSYTE 42' }] },
      },
    });
  });
});
