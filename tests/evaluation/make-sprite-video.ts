import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createCanvas } from '@napi-rs/canvas';
import type { BoundingBox } from '../../src/results/results-document.ts';
import type { RgbImage } from '../../worker/rgb-image.ts';
import { extractAll, testBinaries, TINY_VIDEO } from '../helpers/video-tools.ts';
import type { Sprite } from './sprite-scenes.ts';

/** A photographed person who glides over the picture; places are pixels of the top left corner, speeds pixels a second. */
export interface Glide {
  person: 'left' | 'middle' | 'right';
  from: { x: number; y: number };
  speed: { x: number; y: number };
}

/** Pixels. */
export const VIDEO_SIZE = { width: 1280, height: 480 };
const VIDEO_SECONDS = 8;
const SPRITE_HEIGHT = 330;
/** Where the people stand on the first frame of the fixture, in pixels. */
const PEOPLE = {
  left: { x: 45, y: 85, width: 155, height: 275 },
  middle: { x: 200, y: 27, width: 150, height: 333 },
  right: { x: 470, y: 14, width: 160, height: 346 },
} as const;

/** Three who go one behind the other. */
export const APART: readonly Glide[] = [
  { person: 'left', from: { x: 640, y: 150 }, speed: { x: 50, y: 0 } },
  { person: 'middle', from: { x: 330, y: 150 }, speed: { x: 50, y: 0 } },
  { person: 'right', from: { x: 20, y: 150 }, speed: { x: 50, y: 0 } },
];

/** Two who meet, the second before the first, and one who stands beside them. */
export const CROSSING: readonly Glide[] = [
  { person: 'left', from: { x: 1080, y: 150 }, speed: { x: 0, y: 0 } },
  { person: 'middle', from: { x: 20, y: 150 }, speed: { x: 90, y: 0 } },
  { person: 'right', from: { x: 740, y: 150 }, speed: { x: -90, y: 0 } },
];

/**
 * Encodes an H.264 video (1280x480, 8 s, 25 frames a second) of people cut out of the fixture's photograph on straight
 * paths, those later in the list before the others. Returns where they are at any time.
 */
export async function makeSpriteVideo(glides: readonly Glide[], path: string): Promise<Sprite[]> {
  const folder = `${path}.sprites`;
  await mkdir(folder, { recursive: true });
  const [frame] = await extractAll(TINY_VIDEO, { samplesPerSecond: 1 });
  if (frame === undefined) throw new Error('The fixture tiny.mp4 has no frame.');
  const pictures = await Promise.all(
    glides.map(async ({ person }, index) => {
      const picture = join(folder, `${index}.png`);
      await writeFile(picture, await cutOut(frame.image, PEOPLE[person]));
      return picture;
    }),
  );
  const size = `${VIDEO_SIZE.width}x${VIDEO_SIZE.height}`;
  const background = `color=c=0x8090a0:size=${size}:rate=25:duration=${VIDEO_SECONDS}`;
  const overlays = glides.map(({ from, speed }, index) => {
    const place = `x='${from.x}+${speed.x}*t':y='${from.y}+${speed.y}*t'`;
    return `[over${index}][${index + 1}:v]overlay=${place}:eval=frame[over${index + 1}]`;
  });
  const graph = [`[0:v]null[over0]`, ...overlays].join(';');
  await promisify(execFile)((await testBinaries()).ffmpegPath, [
    ...['-nostdin', '-y', '-v', 'error', '-f', 'lavfi', '-i', background],
    ...pictures.flatMap((picture) => ['-i', picture]),
    ...['-filter_complex', graph, '-map', `[over${glides.length}]`],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-pix_fmt', 'yuv420p', path],
  ]);
  return glides.map((glide) => ({ label: 'person', boxAt: (seconds) => boxOf(glide, seconds) }));
}

function boxOf({ person, from, speed }: Glide, seconds: number): BoundingBox {
  const { width, height } = VIDEO_SIZE;
  const shape = PEOPLE[person];
  return {
    x: (from.x + speed.x * seconds) / width,
    y: (from.y + speed.y * seconds) / height,
    width: (shape.width * SPRITE_HEIGHT) / shape.height / width,
    height: SPRITE_HEIGHT / height,
  };
}

async function cutOut(image: RgbImage, part: (typeof PEOPLE)[keyof typeof PEOPLE]): Promise<Buffer> {
  const photograph = createCanvas(image.width, image.height);
  const pixels = photograph.getContext('2d').createImageData(image.width, image.height);
  for (let from = 0, to = 0; from < image.data.length; from += 3, to += 4) {
    pixels.data.set(image.data.subarray(from, from + 3), to);
    pixels.data[to + 3] = 255;
  }
  photograph.getContext('2d').putImageData(pixels, 0, 0);
  const width = Math.round((part.width * SPRITE_HEIGHT) / part.height);
  const sprite = createCanvas(width, SPRITE_HEIGHT);
  const { x, y } = part;
  const context = sprite.getContext('2d');
  context.drawImage(photograph, x, y, part.width, part.height, 0, 0, width, SPRITE_HEIGHT);
  return sprite.encode('png');
}
