import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../src/config.ts';
import { createLanguageLibrary } from '../../../worker/ocr/language-library.ts';
import { createRecogniser } from '../../../worker/ocr/recogniser.ts';
import { createTesseractReader } from '../../../worker/ocr/tesseract-reader.ts';
import type { ReadingOptions, TextReader } from '../../../worker/ocr/text-reader.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const run = promisify(execFile);
const scratchDirectory = temporaryDirectory();
const never = new AbortController().signal;
const helpers = join(projectRoot, 'tests', 'helpers');

describe('reading text without a network', () => {
  const args = ['--require', join(helpers, 'no-network.cjs')];

  it('works: nothing is downloaded at run time', async () => {
    const { stdout } = await run(process.execPath, [
      ...args,
      join(helpers, 'read-text-offline.ts'),
      'HELLO 42 WORLD',
    ]);
    expect(JSON.parse(stdout)).toMatchObject([{ text: 'HELLO 42 WORLD', box: { x: expect.any(Number) } }]);
  });

  it.each([
    ['Größe über Straße', 'deu'],
    ['Größe über Straße 42', 'deu,eng'],
    ['Où êtes-vous, François ?', 'fra'],
    ['¿Mañana será otro día?', 'spa,eng,fra,deu'],
  ])('reads "%s" in the languages %s', async (text, codes) => {
    const program = join(helpers, 'read-text-offline.ts');
    const { stdout } = await run(process.execPath, [...args, program, text, codes]);
    expect(JSON.parse(stdout)).toMatchObject([{ text }]);
  });

  it('would be noticed if it did use one, also on a thread', async () => {
    const program = `new (require('node:worker_threads').Worker)("fetch('http://localhost')", { eval: true })`;
    await expect(run(process.execPath, [...args, '--eval', program])).rejects.toMatchObject({
      stderr: expect.stringContaining('NETWORK USED'),
    });
  });
});

describe('the text reader', () => {
  const blank = {
    width: 320,
    height: 240,
    data: new Uint8Array(new SharedArrayBuffer(320 * 240)).fill(255),
  };
  let reader: TextReader;
  let english: ReadingOptions;
  beforeAll(async () => {
    reader = await createTesseractReader({ workers: 2, stallMs: 60_000, scratchDirectory });
    english = { languages: await reader.prepareLanguages(['eng'], never), minConfidence: 0.5 };
  });
  afterAll(() => reader.close());

  it('reads nothing on an empty frame', async () => {
    expect((await reader.read(blank, english, never)).texts).toEqual([]);
  });

  it('gives up at once when aborted, also for those who wait, and reads on afterwards', async () => {
    const controller = new AbortController();
    const readings = Array.from({ length: 5 }, () => reader.read(blank, english, controller.signal));
    const outcomes = Promise.allSettled(readings);
    controller.abort(new Error('enough'));
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'enough' } });
    }
    expect((await reader.read(blank, english, never)).texts).toEqual([]);
  });

  it('reads on in other languages, and leaves nothing in its scratch folder', async () => {
    for (const codes of [['deu'], ['eng', 'deu'], ['deu', 'eng'], ['eng']]) {
      const languages = await reader.prepareLanguages(codes, never);
      const { texts } = await reader.read(blank, { ...english, languages }, never);
      expect(texts).toEqual([]);
    }
    expect(await readdir(scratchDirectory)).toEqual([]);
  });

  it('can be ended twice: a thread that has died already has nobody wait for it', async () => {
    const files = await createLanguageLibrary(undefined).find(['eng']);
    const engine = await createRecogniser(files, scratchDirectory);
    await engine.terminate();
    await engine.terminate();
  });
});
