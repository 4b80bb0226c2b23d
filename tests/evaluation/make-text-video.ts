import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Canvas, createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { DEMO_FONT } from '../../worker/demo/demo-font.ts';
import { extractAll, testBinaries, TINY_VIDEO } from '../helpers/video-tools.ts';
import { type DrawnText, measureText, PHOTOGRAPH, SCENE_VIDEO, type TextScene } from './text-scenes.ts';

/** The photograph is drawn this much larger than the video, so that it can glide. */
const PHOTOGRAPH_SCALE = 1.2;
/** Pixels a second. */
const GLIDE_SPEED = 12;

/** Draws a scene frame by frame and encodes it as an H.264 MP4 at `path`. */
export async function makeTextVideo(scene: TextScene, path: string): Promise<void> {
  const { width, height, framesPerSecond } = SCENE_VIDEO;
  const photograph = scene.paper === PHOTOGRAPH ? await loadPhotograph() : undefined;
  const input = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgba',
    '-s',
    `${width}x${height}`,
    '-r',
    `${framesPerSecond}`,
  ];
  const output = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-pix_fmt', 'yuv420p', path];
  const ffmpeg = spawn(
    (await testBinaries()).ffmpegPath,
    ['-y', '-v', 'error', ...input, '-i', 'pipe:0', ...output],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const ended = once(ffmpeg, 'exit');
  await pipeline(Readable.from(drawFrames(scene, photograph)), ffmpeg.stdin);
  const [code] = await ended;
  if (code !== 0) throw new Error(`ffmpeg could not encode the scene "${scene.name}".`);
}

function* drawFrames(scene: TextScene, photograph: Canvas | undefined): Generator<Buffer> {
  const { width, height, framesPerSecond, seconds } = SCENE_VIDEO;
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  for (let frame = 0; frame < framesPerSecond * seconds; frame += 1) {
    const time = frame / framesPerSecond;
    if (photograph === undefined) {
      context.fillStyle = scene.paper;
      context.fillRect(0, 0, width, height);
    } else {
      const [wide, high] = [width * PHOTOGRAPH_SCALE, height * PHOTOGRAPH_SCALE];
      context.drawImage(photograph, -time * GLIDE_SPEED, -time * (GLIDE_SPEED / 2), wide, high);
    }
    for (const text of scene.texts) if (isShown(text, time)) drawText(context, text, time);
    yield canvas.data();
  }
}

/** What moves is also drawn while a part of it is outside. */
function isShown({ t0, t1, placeAt }: DrawnText, time: number): boolean {
  const isMoving = placeAt(t0).x !== placeAt(t1).x;
  return isMoving || (time >= t0 - 1e-6 && time < t1 - 1e-6);
}

function drawText(context: SKRSContext2D, { text, style, placeAt }: DrawnText, time: number): void {
  const { x, y } = placeAt(time);
  const [width, height] = [measureText(text, style), style.size * 1.3];
  context.save();
  context.translate(x, y);
  if (style.turned) {
    context.translate(0, width);
    context.rotate(-Math.PI / 2);
  }
  if (style.box !== undefined) {
    context.fillStyle = style.box;
    context.fillRect(-style.size / 2, -style.size / 4, width + style.size, height + style.size / 2);
  }
  context.font = `${style.size}px "${DEMO_FONT}"`;
  context.textBaseline = 'top';
  if (style.outline !== undefined) {
    context.strokeStyle = style.outline;
    context.lineWidth = style.size / 8;
    context.lineJoin = 'round';
    context.strokeText(text, 0, 0);
  }
  context.fillStyle = style.ink;
  context.fillText(text, 0, 0);
  context.restore();
}

/** The first frame of the fixture: four people, no text. */
async function loadPhotograph(): Promise<Canvas> {
  const [frame] = await extractAll(TINY_VIDEO, { samplesPerSecond: 1 });
  if (frame === undefined) throw new Error('The fixture tiny.mp4 has no frame.');
  const { width, height, data } = frame.image;
  const canvas = createCanvas(width, height);
  const pixels = canvas.getContext('2d').createImageData(width, height);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    pixels.data.set(data.subarray(from, from + 3), to);
    pixels.data[to + 3] = 255;
  }
  canvas.getContext('2d').putImageData(pixels, 0, 0);
  return canvas;
}
