import { describe, expect, it } from '@jest/globals';
import type { LineCrop, Turn } from '../../../worker/ocr/crop-line.ts';
import { detectionConfidence } from '../../../worker/ocr/detection-confidence.ts';
import { readLines } from '../../../worker/ocr/read-lines.ts';
import type { RecognisedLine } from '../../../worker/ocr/recogniser.ts';
import { evenLuma } from '../../helpers/draw-luma.ts';

const frame = { width: 200, height: 100 };
/** Twice as large as what it was cut from: 80x20 pixels at 20, 30, or, turned, 20x40. */
function crop(turn: Turn, id: number): LineCrop {
  const box =
    turn === 'none'
      ? { left: 20, top: 30, right: 100, bottom: 50 }
      : { left: 20, top: 30, right: 40, bottom: 70 };
  return { turn, scale: 2, box, image: evenLuma(id, 1, 0) };
}
const evidence = {
  separability: 0.9,
  calmest: 0,
  components: 9,
  unevenness: { height: 0.1, luma: 0 },
};
const detected = detectionConfidence({ contrast: 99, evidence });
const found = (...crops: LineCrop[]) => ({
  region: {
    left: 0,
    top: 0,
    right: 1,
    bottom: 1,
    letterHeight: 9,
    isBright: true,
    isVertical: false,
    letters: 9,
    contrast: 99,
    evidence,
  },
  box: { x: 0, y: 0, width: 1, height: 1 },
  crops,
});
const line = (text: string, confidence: number, edges = {}): RecognisedLine => ({
  ...{ text, confidence, left: 10, top: 4, right: 60, bottom: 24 },
  ...edges,
});

/** Answers by the width of the image, which stands for its identity. */
function engine(answers: Record<number, RecognisedLine[]>) {
  const asked: number[] = [];
  return {
    asked,
    recognise: async (image: Buffer) => {
      const id = Number(image.toString('latin1').split(/\s/)[1]);
      asked.push(id);
      return answers[id] ?? [];
    },
  };
}

describe('reading lines', () => {
  it.each<[Turn, object]>([
    ['none', { x: 25 / 200, y: 32 / 100, width: 25 / 200, height: 10 / 100 }],
    ['left', { x: 28 / 200, y: 35 / 100, width: 10 / 200, height: 25 / 100 }],
    ['right', { x: 22 / 200, y: 40 / 100, width: 10 / 200, height: 25 / 100 }],
  ])('says where in the frame a line stands whose crop was turned: %s', async (turn, box) => {
    const { recognise } = engine({ 1: [line('  Some   words\n', 0.9)] });
    const texts = await readLines([found(crop(turn, 1))], frame, 0.6, recognise);
    expect(texts).toEqual([{ text: 'Some words', confidence: 0.9, detectionConfidence: detected, box }]);
  });

  it('keeps the better turn, and does not try the second when it is sure of the first', async () => {
    const unsure = engine({ 1: [line('spaom oscillos', 0.7)], 2: [line('some words', 0.8)] });
    const both = [found(crop('left', 1), crop('right', 2))];
    expect(await readLines(both, frame, 0.6, unsure.recognise)).toMatchObject([{ text: 'some words' }]);
    expect(unsure.asked).toEqual([1, 2]);
    const sure = engine({ 1: [line('some words', 0.95)] });
    expect(await readLines(both, frame, 0.6, sure.recognise)).toMatchObject([{ text: 'some words' }]);
    expect(sure.asked).toEqual([1]);
  });

  it('leaves out what is implausible or unsure, and sorts from top to bottom', async () => {
    const { recognise } = engine({
      1: [line('at the bottom', 0.9, { top: 30, bottom: 38 })],
      2: [line('111', 0.99)],
      3: [line('not sure enough', 0.55)],
      4: [line('at the top', 0.9)],
    });
    const lines = [1, 2, 3, 4].map((id) => found(crop('none', id)));
    const texts = await readLines(lines, frame, 0.6, recognise);
    expect(texts.map(({ text }) => text)).toEqual(['at the top', 'at the bottom']);
  });

  it('drops specks that stand alone before and behind a line, not what belongs to it', async () => {
    const { recognise } = engine({ 1: [line('+ KX21 ABC |', 0.9)], 2: [line('- Où êtes-vous ?', 0.9)] });
    const texts = await readLines([found(crop('none', 1)), found(crop('none', 2))], frame, 0.6, recognise);
    expect(texts.map(({ text }) => text)).toEqual(['KX21 ABC', '- Où êtes-vous ?']);
  });
});
