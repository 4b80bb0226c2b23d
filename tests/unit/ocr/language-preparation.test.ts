import { describe, expect, it } from '@jest/globals';
import type { LanguageData } from '../../../src/results/results-document.ts';
import { createLanguagePreparation } from '../../../worker/ocr/language-engines.ts';
import type { LanguageLibrary } from '../../../worker/ocr/language-library.ts';
import type { RecogniserPool } from '../../../worker/ocr/recogniser-pool.ts';
import type { RecognisedLine } from '../../../worker/ocr/recogniser.ts';

const never = new AbortController().signal;
const STALL_MS = 50;

/** Prepares languages, of which `eng` is bundled, over engines that only note by which data they were asked to read. */
function createObservedPreparation(recognise: () => Promise<RecognisedLine[]>) {
  const tried: string[] = [];
  const hashes = new Map<string, string>();
  const find = async (languages: readonly string[]) =>
    languages.map((language) => ({
      language,
      path: `/${language}`,
      sha256: hashes.get(language) ?? language,
      bundled: language === 'eng',
    }));
  const library: LanguageLibrary = {
    find,
    findAgain: (data) => find(data.map(({ language }) => language)),
  };
  const pool: RecogniserPool = {
    use: (data: readonly LanguageData[], work) => {
      tried.push(data.map(({ language, sha256 }) => `${language}:${sha256}`).join('+'));
      return work({ recognise, imageCount: () => 0, terminate: async () => {} });
    },
    close: async () => {},
  };
  const prepare = createLanguagePreparation(library, pool, STALL_MS);
  return { prepare: (...languages: string[]) => prepare(languages, never), tried, hashes };
}

describe('the data of languages', () => {
  it('is tried alone, and once in each of its states', async () => {
    const { prepare, tried, hashes } = createObservedPreparation(async () => []);
    expect(await prepare('ita', 'eng')).toEqual([
      { language: 'ita', sha256: 'ita', bundled: false },
      { language: 'eng', sha256: 'eng', bundled: true },
    ]);
    await prepare('eng', 'ita');
    expect(tried).toEqual(['ita:ita', 'eng:eng']);
    hashes.set('ita', 'other');
    await prepare('eng', 'ita');
    expect(tried.slice(2)).toEqual(['ita:other']);
  });

  it('is taken for damaged when an engine does not answer by it, and tried again the next time', async () => {
    const { prepare, tried } = createObservedPreparation(() => new Promise(() => {}));
    for (const language of ['ita', 'ita']) {
      await expect(prepare(language)).rejects.toMatchObject({ code: 'LANGUAGE_UNAVAILABLE' });
    }
    expect(tried).toEqual(['ita:ita', 'ita:ita']);
    // No operator has put that there: another attempt may do better.
    await expect(prepare('eng')).rejects.toMatchObject({ code: 'INFERENCE_STALLED' });
  });
});
