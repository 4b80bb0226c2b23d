import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LumaImage } from '../../worker/luma-image.ts';
import { testBinaries } from '../helpers/video-tools.ts';

/** Two frames one after the other, and whether there is a cut between them. */
export interface Transition {
  kind: string;
  isCut: boolean;
  before: LumaImage;
  after: LumaImage;
}

/** Photographs are twice as wide and high as the frames, so that there is room for a camera to turn in. */
const FRAME = { width: 320, height: 180 };
const TURNS = [0.2, 0.3, 0.4, 0.5];
const ZOOMS = [1.1, 1.25, 1.5];
const LIGHTS: Record<string, (level: number) => number> = {
  'half as bright': (level) => level / 2,
  'brighter by 60': (level) => level + 60,
  'gamma 0.5': (level) => 255 * (level / 255) ** 0.5,
};
/** Height of a caption, in parts of the frame. */
const CAPTION = 0.23;

/** What may happen between two samples, made of the photographs (JPEG files) of a folder. */
export async function makeTransitions(folder: string): Promise<Transition[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.jpg')).toSorted();
  const photographs: LumaImage[] = [];
  for (const file of files) photographs.push(await readPhotograph(join(folder, file)));
  const transitions: Transition[] = [];
  for (const [index, photograph] of photographs.entries()) {
    const whole = view(photograph);
    const left = view(photograph, { zoom: 2 });
    const turn = (share: number) => view(photograph, { zoom: 2, x: Math.round(share * FRAME.width) });
    const caption = view(photographs[0] ?? photograph);
    const add = (isCut: boolean, kind: string, before: LumaImage, after: LumaImage) =>
      transitions.push({ kind, isCut, before, after });
    for (const other of photographs.slice(index + 1, index + 6).map((one) => view(one))) {
      add(true, 'another photograph', whole, other);
      add(true, 'another one, same caption', withCaption(whole, caption), withCaption(other, caption));
    }
    add(true, 'the other half of it', left, turn(1));
    for (const by of TURNS) add(false, `camera turned by ${by} of the width`, left, turn(by));
    for (const by of ZOOMS) add(false, `zoomed in by ${by}`, whole, zoomed(photograph, by));
    for (const [kind, light] of Object.entries(LIGHTS)) add(false, kind, whole, lit(whole, light));
  }
  return transitions;
}

async function readPhotograph(path: string): Promise<LumaImage> {
  const [width, height] = [FRAME.width * 2, FRAME.height * 2];
  const filters = `scale=${width}:${height}:force_original_aspect_ratio=increase,crop=${width}:${height}`;
  const { stdout } = await promisify(execFile)(
    (await testBinaries()).ffmpegPath,
    ['-v', 'error', '-i', path, '-vf', filters, '-f', 'rawvideo', '-pix_fmt', 'gray', '-'],
    { encoding: 'buffer', maxBuffer: width * height * 2 },
  );
  const data = new Uint8Array(new SharedArrayBuffer(width * height));
  data.set(stdout.subarray(0, data.length));
  return { width, height, data };
}

/** A frame of a part of the photograph that is `zoom` times as small, `x` frame pixels from its left; each the mean of its pixels. */
function view(photograph: LumaImage, { zoom = 1, x = 0, y = 0 } = {}): LumaImage {
  const step = 2 / zoom;
  return fill((column, row) => {
    let [sum, count] = [0, 0];
    for (
      let top = Math.floor((row + y) * step);
      top < Math.max(1, Math.floor((row + y + 1) * step));
      top += 1
    ) {
      for (let left = Math.floor((column + x) * step); left < (column + x + 1) * step; left += 1) {
        sum += photograph.data[top * photograph.width + left] ?? 0;
        count += 1;
      }
    }
    return count === 0 ? 0 : sum / count;
  });
}

function zoomed(photograph: LumaImage, zoom: number): LumaImage {
  const [x, y] = [FRAME.width, FRAME.height].map((side) => Math.round((side * (zoom - 1)) / 2));
  return view(photograph, { zoom, x, y });
}

function lit(frame: LumaImage, light: (level: number) => number): LumaImage {
  return fill((x, y) => light(frame.data[y * frame.width + x] ?? 0));
}

function withCaption(frame: LumaImage, caption: LumaImage): LumaImage {
  return fill((x, y) => {
    const source = y >= FRAME.height * (1 - CAPTION) ? caption : frame;
    return source.data[y * frame.width + x] ?? 0;
  });
}

function fill(levelAt: (x: number, y: number) => number): LumaImage {
  const data = new Uint8Array(new SharedArrayBuffer(FRAME.width * FRAME.height));
  for (let index = 0; index < data.length; index += 1) {
    const level = levelAt(index % FRAME.width, Math.floor(index / FRAME.width));
    data[index] = Math.max(0, Math.min(255, Math.round(level)));
  }
  return { ...FRAME, data };
}
