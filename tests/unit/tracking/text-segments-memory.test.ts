import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from '@jest/globals';
import { z } from 'zod';
import type { TextLine } from '../../../src/results/results-document.ts';
import { createTextSegmenter } from '../../../worker/tracking/text-segments.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = z.function().parse(runInNewContext('gc'));

/** How many of these lines are still in memory. */
async function countHeld(lines: readonly WeakRef<TextLine>[]): Promise<number> {
  // What was looked at in one turn of the event loop stays alive until its end.
  await setImmediate();
  collectGarbage();
  return lines.filter((line) => line.deref() !== undefined).length;
}

it.each([
  ['unsure texts, which make no segment', 0.7, 0],
  ['texts that have ended, but for their segments', 0.9, 200],
])('keeps nothing of %s', async (_, confidence, segmentCount) => {
  const segmenter = createTextSegmenter();
  const given: WeakRef<TextLine>[] = [];
  for (let sample = 0; sample < 1000; sample += 1) {
    // Each text is read five times, and never twice alike.
    const text = `text ${Math.floor(sample / 5)} as it was read ${'abcde'.charAt(sample % 5)}`;
    const box = { x: 0.1, y: 0.1, width: 0.3, height: 0.05 };
    const line = { text, confidence, box };
    given.push(new WeakRef(line));
    segmenter.add(sample * 1000, [line]);
  }
  for (const timestampMs of [2_000_000, 2_001_000, 2_002_000]) segmenter.add(timestampMs, []);
  // The engine may still hold on to some of the last. Who kept them would keep hundreds.
  expect(await countHeld(given)).toBeLessThan(50);
  expect(segmenter.segments()).toHaveLength(segmentCount);
});
