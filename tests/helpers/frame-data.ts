import type { FrameResult } from '../../src/results/results-document.ts';

/** Numbers that a careless encoding changes, and texts that a careless line reader cuts. */
const NUMBERS = [0.1 + 0.2, 1 / 3, 5e-324, 0.999_999_999_999_999_9, 1e-7, 1.797_693_134_862_315_7e308];
const TEXTS = ['one\ntwo', 'a\u2028b\u2029c', '\r\n', '漢字 "quoted" \\', '\u0085\0', '🎬\ud800'];

/** The `index`th of a row of made-up frames, no two of which are the same. */
export function frameNumber(index: number): FrameResult {
  const pick = (nth: number) => NUMBERS[(index + nth) % NUMBERS.length] ?? 0;
  const box = { x: pick(1), y: pick(2), width: pick(3), height: pick(4) };
  const text = TEXTS[index % TEXTS.length] ?? '';
  return {
    frameIndex: index,
    timestampMs: index * 40,
    detections: [{ label: `label ${text}`, confidence: pick(0), box, trackId: index }],
    texts: [{ text, confidence: pick(5), box }],
  };
}

/** The first `count` of them. */
export function framesUpTo(count: number): FrameResult[] {
  return Array.from({ length: count }, (_, index) => frameNumber(index));
}
