import { describe, expect, it } from '@jest/globals';
import type { OcrLanguage } from '../../../src/jobs/ocr-languages.ts';
import type { LanguageData } from '../../../src/results/results-document.ts';
import { createRecogniserPool } from '../../../worker/ocr/recogniser-pool.ts';
import type { Recogniser } from '../../../worker/ocr/recogniser.ts';

const never = new AbortController().signal;

const dataOf = (...languages: OcrLanguage[]): LanguageData[] =>
  languages.map((language) => ({ language, sha256: 'a', bundled: true }));
const codesOf = (data: readonly LanguageData[]): string => data.map(({ language }) => language).join('+');

/** A pool over engines that only note when they live and die. */
function createObservedPool(places: number, imagesAnEngine = Infinity) {
  const events: string[] = [];
  let alive = 0;
  let most = 0;
  const start = async (data: readonly LanguageData[]): Promise<Recogniser> => {
    const name = codesOf(data);
    events.push(`start ${name}`);
    alive += 1;
    most = Math.max(most, alive);
    let ended = false;
    let images = 0;
    return {
      imageCount: () => images,
      recognise: async () => {
        images += 1;
        return [{ text: name, confidence: 1, left: 0, top: 0, right: 1, bottom: 1 }];
      },
      async terminate() {
        if (ended) return;
        ended = true;
        alive -= 1;
        events.push(`end ${name}`);
      },
    };
  };
  return {
    pool: createRecogniserPool({ places, imagesAnEngine, start }),
    events,
    alive: () => alive,
    most: () => most,
  };
}

const read = async (engine: Recogniser): Promise<string | undefined> =>
  (await engine.recognise(Buffer.alloc(0)))[0]?.text;

describe('the pool of text engines', () => {
  it('keeps an engine for the next image of the same languages', async () => {
    const { pool, events } = createObservedPool(2);
    for (let image = 0; image < 3; image += 1) expect(await pool.use(dataOf('eng'), read, never)).toBe('eng');
    expect(events).toEqual(['start eng']);
  });

  it('takes another order of languages for other languages', async () => {
    const { pool, events } = createObservedPool(2);
    expect(await pool.use(dataOf('eng', 'deu'), read, never)).toBe('eng+deu');
    expect(await pool.use(dataOf('deu', 'eng'), read, never)).toBe('deu+eng');
    expect(events).toEqual(['start eng+deu', 'start deu+eng']);
  });

  it('takes the same languages by other data for other languages', async () => {
    const { pool, events } = createObservedPool(1);
    const replaced = [{ language: 'eng', sha256: 'b', bundled: true }];
    for (const data of [dataOf('eng'), replaced, replaced]) await pool.use(data, read, never);
    expect(events).toEqual(['start eng', 'end eng', 'start eng']);
  });

  it('ends the engine that was idle longest when its place is needed, and only then', async () => {
    const { pool, events, most } = createObservedPool(2);
    for (const language of ['eng', 'deu', 'fra', 'deu'] as const)
      await pool.use(dataOf(language), read, never);
    expect(events).toEqual(['start eng', 'start deu', 'end eng', 'start fra']);
    expect(most()).toBe(2);
  });

  it('never has more engines than places, whatever is asked for at once', async () => {
    const { pool, most } = createObservedPool(3);
    const languages: OcrLanguage[] = Array.from({ length: 40 }, (_, index) =>
      index % 3 === 0 ? 'eng' : index % 5 === 0 ? 'fra' : 'deu',
    );
    const texts = await Promise.all(languages.map((language) => pool.use(dataOf(language), read, never)));
    expect(texts).toEqual(languages);
    expect(most()).toBe(3);
  });

  it('replaces an engine whose work failed', async () => {
    const { pool, events } = createObservedPool(1);
    await expect(pool.use(dataOf('eng'), () => Promise.reject(new Error('broken')), never)).rejects.toThrow(
      'broken',
    );
    expect(await pool.use(dataOf('eng'), read, never)).toBe('eng');
    expect(events).toEqual(['start eng', 'end eng', 'start eng']);
  });

  it('replaces an engine that has read so many images, between two frames and not within one', async () => {
    const { pool, events, alive } = createObservedPool(1, 3);
    const readTwice = async (engine: Recogniser) => [await read(engine), await read(engine)];
    for (let frame = 0; frame < 4; frame += 1) await pool.use(dataOf('eng'), readTwice, never);
    expect(events).toEqual(['start eng', 'end eng', 'start eng', 'end eng']);
    expect(alive()).toBe(0);
  });

  it('keeps the engine that was made for somebody who no longer wants it', async () => {
    const { pool, events } = createObservedPool(1);
    const controller = new AbortController();
    const reading = pool.use(dataOf('eng'), read, controller.signal);
    await Promise.resolve();
    controller.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    expect(await pool.use(dataOf('eng'), read, never)).toBe('eng');
    expect(events).toEqual(['start eng']);
  });

  it('lets somebody who waits for a place go as soon as he no longer wants it', async () => {
    const { pool } = createObservedPool(1);
    const held = Promise.withResolvers<string>();
    const holder = pool.use(dataOf('eng'), () => held.promise, never);
    const controller = new AbortController();
    const waiting = pool.use(dataOf('eng'), read, controller.signal);
    const next = pool.use(dataOf('eng'), read, never);
    controller.abort(new Error('enough'));
    // The place is not free yet.
    await expect(waiting).rejects.toThrow('enough');
    held.resolve('done');
    expect(await holder).toBe('done');
    expect(await next).toBe('eng');
  });

  it('does not keep somebody for an engine that takes long to start, nor gives its place to others', async () => {
    const starting = Promise.withResolvers<Recogniser>();
    const starts: string[] = [];
    const pool = createRecogniserPool({
      places: 1,
      imagesAnEngine: Infinity,
      start: async (data) => {
        starts.push(codesOf(data));
        return starting.promise;
      },
    });
    const controller = new AbortController();
    const reading = pool.use(dataOf('eng'), read, controller.signal);
    await Promise.resolve();
    controller.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    const next = pool.use(dataOf('eng'), read, never);
    const line = { text: 'late', confidence: 1, left: 0, top: 0, right: 1, bottom: 1 };
    starting.resolve({ recognise: async () => [line], imageCount: () => 1, terminate: async () => {} });
    expect(await next).toBe('late');
    expect(starts).toEqual(['eng']);
  });

  it('wakes those who wait when it is closed', async () => {
    const { pool } = createObservedPool(1);
    const held = Promise.withResolvers<string>();
    const begun = Promise.withResolvers<void>();
    const work = () => {
      begun.resolve();
      return held.promise;
    };
    const holder = pool.use(dataOf('eng'), work, never);
    await begun.promise;
    const waiting = pool.use(dataOf('eng'), read, never);
    const outcome = expect(waiting).rejects.toMatchObject({ code: 'WORKER_STOPPED' });
    await pool.close();
    await outcome;
    held.resolve('done');
    await holder;
  });

  it('ends every engine when it is closed, also one that is just starting, and takes no more work', async () => {
    const { pool, alive } = createObservedPool(2);
    await pool.use(dataOf('eng'), read, never);
    const late = pool.use(dataOf('deu'), read, never);
    const outcome = expect(late).rejects.toMatchObject({ code: 'WORKER_STOPPED' });
    await Promise.resolve();
    await pool.close();
    await outcome;
    expect(alive()).toBe(0);
    await expect(pool.use(dataOf('eng'), read, never)).rejects.toMatchObject({ code: 'WORKER_STOPPED' });
    await pool.close();
  });
});
