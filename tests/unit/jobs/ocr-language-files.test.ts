import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ANALYSIS_OPTIONS } from '../../../src/jobs/analysis-option-descriptions.ts';
import { describePipelines } from '../../../src/jobs/describe-pipelines.ts';
import { listLanguageFiles, listOcrLanguages } from '../../../src/jobs/ocr-language-files.ts';
import { BUNDLED_LANGUAGES } from '../../../src/jobs/ocr-languages.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const directory = temporaryDirectory();
const LANGUAGES = ['por.traineddata.gz', 'por.traineddata', 'chi_sim_vert.traineddata.gz', 'eng.traineddata'];
const OTHERS = ['osd.traineddata', 'equ.traineddata.gz', 'Por.traineddata', 'ab.traineddata', 'ita.txt'];
beforeAll(async () => {
  for (const name of [...LANGUAGES, ...OTHERS]) await writeFile(join(directory, name), '');
  await mkdir(join(directory, 'fin.traineddata'));
});

describe('the languages in a folder', () => {
  it('are those whose files have their codes, each once', async () => {
    expect([...(await listLanguageFiles(directory))]).toEqual([
      ['chi_sim_vert', join(directory, 'chi_sim_vert.traineddata.gz')],
      ['eng', join(directory, 'eng.traineddata')],
      ['por', join(directory, 'por.traineddata')],
    ]);
  });

  it('come after the bundled ones, which are all without a folder', async () => {
    expect(await listOcrLanguages(undefined)).toEqual(BUNDLED_LANGUAGES);
    expect(await listOcrLanguages(directory)).toEqual([...BUNDLED_LANGUAGES, 'chi_sim_vert', 'por']);
  });

  it('are a matter of configuration when there is no such folder', async () => {
    await expect(listOcrLanguages(join(directory, 'missing'))).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('OCR_LANGUAGES_DIR'),
    });
  });

  it('are told to clients', () => {
    const options = describePipelines(['eng', 'chi_sim']).flatMap((pipeline) => pipeline.options);
    expect(options.map(({ name }) => name)).toEqual(Object.keys(ANALYSIS_OPTIONS));
    expect(options.find(({ name }) => name === 'languages')?.description).toMatch(/: eng, chi_sim$/);
  });
});
