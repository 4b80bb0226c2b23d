import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { z } from 'zod';
import type { BoundingBox } from '../../src/results/results-document.ts';
import { extractFrames } from '../../worker/frames/extract-frames.ts';
import { deliveredSize } from '../../worker/frames/frame-sampling.ts';
import type { LumaImage } from '../../worker/luma-image.ts';
import { findLines } from '../../worker/ocr/find-lines.ts';
import type { TextRegion } from '../../worker/ocr/text-region.ts';
import { neverAborted, probe, testBinaries, WIDE_LIMITS } from '../helpers/video-tools.ts';

/** A place that the line finder took for text, and whether there is any. */
export interface JudgedLine {
  /** What it was found in, for one row of a table. */
  kind: string;
  isText: boolean;
  /** Lines of the first half are for fitting, those of the second for reporting. */
  half: 0 | 1;
  region: TextRegion;
}

/** One frame of a video. */
export interface LumaFrame {
  image: LumaImage;
  timestampMs: number;
}

const MAX_FRAME_SIDE = 1280;
/** Part of the smaller of two boxes that they share when one is of the other's text. */
const LEAST_SHARED = 0.5;

/** Frames of a video as the text reader gets them. */
export async function* readLuma(path: string, samplesPerSecond: number): AsyncGenerator<LumaFrame> {
  const facts = await probe(path);
  const frames = extractFrames(await testBinaries(), path, facts, {
    pictures: [
      { name: 'luma', pixels: 'gray', fit: 'stretch', ...deliveredSize(facts.media, MAX_FRAME_SIDE) },
    ],
    samplesPerSecond,
    maxFrames: 100_000,
    maxSeconds: WIDE_LIMITS.maxDurationSeconds,
    signal: neverAborted(),
  });
  for await (const { timestampMs, pictures } of frames) yield { image: pictures.luma, timestampMs };
}

/**
 * What the line finder finds on a picture, judged by the boxes of the texts that it shows. What only brushes a text is left
 * out. Texts are of the half `textHalf`; textures of the half in whose part of the picture they stand, left or right: they
 * stay where they are from frame to frame, and fitting must not see what is reported.
 */
export function judgeLines(
  kind: string,
  image: LumaImage,
  truths: readonly BoundingBox[],
  textHalf: 0 | 1,
): JudgedLine[] {
  return findLines(image).flatMap(({ region, box }) => {
    const shared = Math.max(0, ...truths.map((truth) => sharedPart(truth, box)));
    if (shared > 0 && shared < LEAST_SHARED) return [];
    const isText = shared > 0;
    const placeHalf = box.x + box.width / 2 < 0.5 ? 0 : 1;
    return [{ kind, isText, half: isText ? textHalf : placeHalf, region }];
  });
}

/** Lines in videos that show no text. */
export async function judgeVideosWithoutText(folder: string): Promise<JudgedLine[]> {
  const lines: JudgedLine[] = [];
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.mp4'))) {
    for await (const { image } of readLuma(join(folder, name), 1)) {
      lines.push(...judgeLines(name, image, [], 0));
    }
  }
  return lines;
}

const boxSchema = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });

/**
 * Lines on photographs: every other picture belongs to the other half. The texts were looked for by eye, among all that the
 * line finder found; a finder that finds more of them needs more boxes in photograph-texts.json.
 */
export async function judgePhotographs(folder: string): Promise<JudgedLine[]> {
  const truthFile = join(import.meta.dirname, 'photograph-texts.json');
  const truths = z.record(z.string(), z.array(boxSchema)).parse(JSON.parse(readFileSync(truthFile, 'utf8')));
  const lines: JudgedLine[] = [];
  let half: 0 | 1 = 0;
  for (const name of readdirSync(folder).toSorted()) {
    const image = await loadLuma(join(folder, name));
    const found = judgeLines('photographs', image, truths[basename(name)] ?? [], half);
    lines.push(...found.map((line) => ({ ...line, half })));
    if (found.length > 0) half = half === 0 ? 1 : 0;
  }
  return lines;
}

/** A picture's brightness (ITU-R BT.601), as ffmpeg makes it of a colour picture. */
async function loadLuma(path: string): Promise<LumaImage> {
  const picture = await loadImage(path);
  const { width, height } = picture;
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(picture, 0, 0);
  const pixels = context.getImageData(0, 0, width, height).data;
  const data = new Uint8Array(new SharedArrayBuffer(width * height));
  for (let pixel = 0; pixel < data.length; pixel += 1) {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(4 * pixel, 4 * pixel + 3);
    data[pixel] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  return { width, height, data };
}

/** How much of the smaller box lies in the other, 0..1. */
function sharedPart(a: BoundingBox, b: BoundingBox): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / Math.min(a.width * a.height, b.width * b.height);
}
