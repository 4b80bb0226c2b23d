import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { TextLine } from '../../../src/results/results-document.ts';
import { likenessOf } from '../../../worker/tracking/same-text.ts';
import { createTextSegmenter } from '../../../worker/tracking/text-segments.ts';

/** A line of text whose box begins at `x`, `y`. */
const line = (text: string, confidence = 0.9, x = 0.1, y = 0.8): TextLine => ({
  text,
  confidence,
  box: { x, y, width: 0.3, height: 0.05 },
});

/** The segments of frames, each with its time and its lines. */
function segmentsOf(frames: readonly (readonly [number, ...TextLine[]])[]) {
  const segmenter = createTextSegmenter();
  for (const [timestampMs, ...lines] of frames) segmenter.add(timestampMs, lines);
  return segmenter.segments();
}

describe('the likeness of two readings', () => {
  it.each([
    ['Hello, World', 'hello world!', 1],
    ['ＦＵＬＬ', 'full', 1],
    ['over the lazy dog', 'over thellazy dog', 14 / 15],
    ['---', '---', 1],
    ['---', '===', 0],
    ['Alpha', 'Omega', 0],
    // Digits in the same place are other digits; one too many or too few is a misreading.
    ['Page 1 of the report', 'Page 2 of the report', 0],
    ['12:34:56', '12:34:57', 0],
    ['Call 555-0142 before', 'Call 555-01423before', 17 / 18],
  ])('of "%s" and "%s" is %d', (one, other, expected) => {
    expect(likenessOf(one, other)).toBeCloseTo(expected, 10);
    expect(likenessOf(other, one)).toBeCloseTo(expected, 10);
  });
});

describe('the text segmenter', () => {
  it('joins equal texts on neighbouring samples, whatever their case and punctuation', () => {
    expect(
      segmentsOf([
        [0, line('Hello, World', 0.7)],
        [1000, line('hello world!', 0.95), line('other', 0.9, 0.1, 0.1)],
        [2000, line('other', 0.8, 0.1, 0.1)],
      ]),
    ).toMatchObject([
      { text: 'hello world!', startMs: 0, endMs: 1000, sampleCount: 2, bestConfidence: 0.95 },
      { text: 'other', startMs: 1000, endMs: 2000, sampleCount: 2 },
    ]);
  });

  it('says how surely a text was found, over all its lines, and read, over those that say just this', () => {
    const found = (text: string, confidence: number, detectionConfidence: number) => ({
      ...line(text, confidence),
      detectionConfidence,
    });
    const frames = [
      [0, found('over the lazy dog', 0.9, 0.8)],
      // The same picture again, which tells nothing new.
      [500, found('over the lazy dog', 0.9, 0.8)],
      [1000, found('over thellazy dog', 0.7, 0.9)],
      [2000, found('over the lazy dog', 0.8, 0.4)],
    ] as const;
    expect(segmentsOf(frames)).toMatchObject([
      {
        text: 'over the lazy dog',
        bestConfidence: 0.9,
        detectionConfidence: 0.7,
        recognitionConfidence: 0.85,
      },
    ]);
    // Frames that were stored before it was measured.
    const [older] = segmentsOf([[0, line('EXIT', 0.9)]]);
    expect(older).toMatchObject({ recognitionConfidence: 0.9 });
    expect(older).not.toHaveProperty('detectionConfidence');
  });

  it('joins readings that are nearly equal and stand in one place, and keeps the one that is borne out best', () => {
    const frames = [
      [0, line('over thellazy dog', 0.95)],
      [1000, line('over the lazy dog', 0.9)],
      [2000, line('over the lazy dog', 0.8)],
    ] as const;
    expect(segmentsOf(frames)).toMatchObject([
      { text: 'over the lazy dog', startMs: 0, endMs: 2000, sampleCount: 3, bestConfidence: 0.9 },
    ]);
    const elsewhere = [
      [0, line('over thellazy dog')],
      [1000, line('over the lazy dog', 0.9, 0.6, 0.1)],
    ] as const;
    expect(segmentsOf(elsewhere)).toHaveLength(2);
  });

  it('follows an equal text wherever it moves', () => {
    const frames = [0, 1, 2, 3].map(
      (step) => [step * 1000, line('KX21 ABC', 0.9, step * 0.2, step * 0.2)] as const,
    );
    expect(segmentsOf(frames)).toMatchObject([{ startMs: 0, endMs: 3000, sampleCount: 4 }]);
  });

  it('makes two segments of equal texts that are farther apart than a text can have moved', () => {
    const [left, right] = [line('EXIT', 0.9, 0.1), line('EXIT', 0.8, 0.6)];
    // One vanishes while the other appears: between samples of a second, of 40 ms, of 10 s.
    for (const elapsedMs of [1000, 40, 10_000]) {
      const segments = segmentsOf([
        [0, left],
        [elapsedMs, right],
      ]);
      expect(segments).toMatchObject([
        { endMs: 0, box: { x: 0.1 } },
        { startMs: elapsedMs, box: { x: 0.6 } },
      ]);
    }
    // What moves as far in ten samples is one.
    const moving = Array.from(
      { length: 11 },
      (_, step) => [step * 200, line('EXIT', 0.9, 0.1 + step * 0.05)] as const,
    );
    expect(segmentsOf(moving)).toMatchObject([{ startMs: 0, endMs: 2000, sampleCount: 11 }]);
  });

  it('follows a ticker, whose ends are cut off, no farther than it can have moved', () => {
    const at = (text: string, x: number, width: number) => ({
      text,
      confidence: 0.9,
      box: { x, y: 0.9, width, height: 0.04 },
    });
    const entering = at('Heavy snow closes', 0.75, 0.25);
    expect(
      segmentsOf([
        [0, entering],
        [2000, at('Heavy snow closes the pass', 0.5, 0.4)],
      ]),
    ).toHaveLength(1);
    // At the other end of the picture 200 ms later, it is another headline with the same beginning.
    expect(
      segmentsOf([
        [0, entering],
        [200, at('Heavy snow closes the pass', 0, 0.4)],
      ]),
    ).toHaveLength(2);
  });

  it('makes two segments of a text in two places, and one of a text that was read twice in one', () => {
    const [left, right] = [line('EXIT', 0.9, 0.1), line('EXIT', 0.8, 0.6)];
    const twice = segmentsOf([
      [0, left, right],
      [1000, right, left],
    ]);
    expect(twice.map(({ box }) => box.x)).toEqual([0.1, 0.6]);
    expect(segmentsOf([[0, left, line('EXIT.', 0.95, 0.1)]])).toMatchObject([
      { text: 'EXIT.', sampleCount: 1 },
    ]);
  });

  it('joins the parts of a text that comes in at one edge and goes out at the other, and says all of it', () => {
    const at = (text: string, x: number, width: number, y = 0.8) => ({
      text,
      confidence: 0.9,
      box: { x, y, width, height: 0.05 },
    });
    const frames = [
      [0, at('Mayor opens', 0.6, 0.4)],
      [1000, at('Mayor opens new city lib', 0.3, 0.7)],
      [2000, at('Mayor opens new city library today', 0.05, 0.9)],
      [3000, at('new city library today', 0, 0.6)],
      [4000, at('ty library today', 0, 0.4)],
    ] as const;
    expect(segmentsOf(frames)).toMatchObject([
      { text: 'Mayor opens new city library today', startMs: 0, endMs: 4000, sampleCount: 5 },
    ]);
    // In the middle of the picture, or in another row, it is another text.
    expect(segmentsOf([frames[2], [3000, at('new city library today', 0.1, 0.6)]])).toHaveLength(2);
    expect(segmentsOf([frames[2], [3000, at('new city library today', 0, 0.6, 0.1)]])).toHaveLength(2);
    expect(segmentsOf([frames[2], [3000, at('today', 0, 0.2)]])).toHaveLength(2);
  });

  it('bridges a missed sample, and a second of missed ones', () => {
    expect(segmentsOf([[0, line('again')], [5000], [10_000, line('again', 0.8)]])).toHaveLength(1);
    const dense = [40, 80, 120, 160, 200].map((timestampMs) => [timestampMs] as const);
    expect(segmentsOf([[0, line('again')], ...dense, [240, line('again', 0.8)]])).toHaveLength(1);
    expect(segmentsOf([[0, line('again')], [5000], [10_000], [15_000, line('again', 0.8)]])).toHaveLength(2);
  });

  it('leaves out what was read once and not surely, also when the same picture is shown for long', () => {
    expect(segmentsOf([[0, line('noise', 0.7)]])).toEqual([]);
    expect(
      segmentsOf([
        [0, line('noise', 0.7)],
        [1000, line('noise', 0.7)],
      ]),
    ).toEqual([]);
    expect(segmentsOf([[0, line('flash', 0.75)]])).toMatchObject([{ text: 'flash', sampleCount: 1 }]);
    const twice = [
      [0, line('faint', 0.65)],
      [1000, line('faint', 0.7)],
    ] as const;
    expect(segmentsOf(twice)).toMatchObject([{ text: 'faint', bestConfidence: 0.7 }]);
  });

  it('takes a text for borne out when two readings of it agree, not when they differ', () => {
    const readings = ['carved letters', 'carved lettens', 'carwed letters', 'Carved letters.'];
    const timed = readings.map((text, index) => [index * 1000, line(text, 0.7)] as const);
    expect(segmentsOf(timed.slice(0, 3))).toEqual([]);
    expect(segmentsOf(timed)).toMatchObject([{ text: 'Carved letters.', startMs: 0, sampleCount: 4 }]);
    // A reading that is borne out wins over one that is longer, but was neither sure nor made again.
    const [first, second] = [line('carved letters', 0.6), line('carved letters', 0.7)];
    const longer = line('carved letters 11', 0.74);
    const frames = [
      [0, longer],
      [1000, first],
      [2000, second],
    ] as const;
    expect(segmentsOf(frames)).toMatchObject([{ text: 'carved letters', startMs: 0, sampleCount: 3 }]);
  });

  it('says of whatever frames only what was read, in order, and the same each time', () => {
    const texts = fc.constantFrom('alpha beta', 'alpha betta', 'Gate 12', 'Gate 13', '##', 'noise');
    const place = fc.constantFrom(0, 0.1, 0.5);
    const lines = fc.array(
      fc
        .tuple(texts, fc.double({ min: 0.5, max: 1, noNaN: true }), place, place)
        .map((parts) => line(...parts)),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 12 }), (frames) => {
        const timed = frames.map((read, index) => [index * 500, ...read] as const);
        const segments = segmentsOf(timed);
        expect(segmentsOf(timed)).toEqual(segments);
        expect(segments.map(({ startMs }) => startMs)).toEqual(
          segments.map(({ startMs }) => startMs).toSorted((a, b) => a - b),
        );
        for (const { text, startMs, endMs, sampleCount, bestConfidence, box } of segments) {
          const source = frames.flatMap((read, index) =>
            index * 500 >= startMs && index * 500 <= endMs ? read : [],
          );
          expect(source).toContainEqual({ text, confidence: bestConfidence, box });
          expect(sampleCount).toBeLessThanOrEqual((endMs - startMs) / 500 + 1);
          expect(sampleCount).toBeGreaterThan(0);
        }
      }),
    );
  });
});
