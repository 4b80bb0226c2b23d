import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { BoundingBox } from '../../src/results/results-document.ts';
import type { TextReader } from '../../worker/ocr/text-reader.ts';
import { neverAborted } from '../helpers/video-tools.ts';
import { judgeLines, type JudgedLine, readLuma } from './judged-lines.ts';
import { makeTextVideo } from './make-text-video.ts';
import { type DrawnText, makeTextScenes, measureText, SCENE_VIDEO } from './text-scenes.ts';

const SEEDS = [5, 6, 7, 8];
const MIN_SIMILARITY = 0.5;
const LEAST_CONFIDENCE = 0.3;

/** Lines in drawn scenes, whose texts stand where they were drawn. Every other seed belongs to the other half. */
export async function judgeScenes(scratchDirectory: string): Promise<JudgedLine[]> {
  const lines: JudgedLine[] = [];
  const path = join(scratchDirectory, 'scene.mp4');
  for (const [index, seed] of SEEDS.entries()) {
    for (const scene of makeTextScenes(seed)) {
      await makeTextVideo(scene, path);
      for await (const { image, timestampMs } of readLuma(path, 1)) {
        const boxes = scene.texts.flatMap((text) => boxOf(text, timestampMs / 1000));
        lines.push(...judgeLines('drawn scenes', image, boxes, index % 2 === 0 ? 0 : 1));
      }
    }
  }
  return lines;
}

/** Where a text stands at a time; none while it is not shown. What moves is also shown while a part of it is outside. */
function boxOf({ text, style, placeAt, t0, t1 }: DrawnText, time: number): BoundingBox[] {
  const isMoving = placeAt(t0).x !== placeAt(t1).x;
  if (!isMoving && (time < t0 - 1e-6 || time >= t1 - 1e-6)) return [];
  const { x, y } = placeAt(time);
  const [long, high] = [measureText(text, style), style.size * 1.3];
  const [width, height] = style.turned ? [high, long] : [long, high];
  return [
    {
      x: x / SCENE_VIDEO.width,
      y: y / SCENE_VIDEO.height,
      width: width / SCENE_VIDEO.width,
      height: height / SCENE_VIDEO.height,
    },
  ];
}

const truthSchema = z.record(
  z.string(),
  z.object({ items: z.array(z.object({ text: z.string(), t0: z.number(), t1: z.number() })) }),
);

/**
 * Lines in clips whose truth says what stands there and when, but not where: a text stands where it was read. Frames of
 * which a text was not read are left out. Every other clip belongs to the other half.
 */
export async function judgeClips(folder: string, reader: TextReader): Promise<JudgedLine[]> {
  const truth = truthSchema.parse(JSON.parse(readFileSync(join(folder, 'ground_truth.json'), 'utf8')));
  const lines: JudgedLine[] = [];
  const languages = await reader.prepareLanguages(['eng'], neverAborted());
  for (const [index, [name, { items }]] of Object.entries(truth).entries()) {
    for await (const { image, timestampMs } of readLuma(join(folder, name), 1)) {
      const seconds = timestampMs / 1000;
      const shown = items.filter(({ t0, t1 }) => seconds >= t0 && seconds < t1);
      const options = { languages, minConfidence: LEAST_CONFIDENCE };
      const { texts } = await reader.read(image, options, neverAborted());
      const right = texts.filter((line) => shown.some(({ text }) => areAlike(text, line.text)));
      if (right.length < shown.length) continue;
      const boxes = right.map(({ box }) => box);
      lines.push(...judgeLines('text clips', image, boxes, index % 2 === 0 ? 0 : 1));
    }
  }
  return lines;
}

function areAlike(one: string, other: string): boolean {
  return 1 - distance(one, other) / Math.max(one.length, other.length) >= MIN_SIMILARITY;
}
