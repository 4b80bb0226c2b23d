/**
 * Measures how scene cuts are found: `npm run eval:scenes -- [--pictures DIR] VIDEO...`. It lists the cuts in each video, tells
 * how many are found when any frame of one video follows any of another, and how many of the transitions that are made
 * of the photographs in DIR are taken for cuts.
 */
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createTable } from '../../src/cli/create-table.ts';
import { invocationDirectory } from '../../src/config.ts';
import type { LumaImage } from '../../worker/luma-image.ts';
import { createSceneCuts } from '../../worker/scenes/scene-cuts.ts';
import { shrinkLuma } from '../../worker/scenes/shrink-luma.ts';
import { findSceneCuts, sampleThumbnails } from './find-scene-cuts.ts';
import { makeTransitions } from './photograph-scenes.ts';

const RATES = [0.2, 0.5, 1, 5, 25];
const COMMON_SIZE = { width: 256, height: 144 };

const { values, positionals } = parseArgs({
  options: { pictures: { type: 'string' } },
  allowPositionals: true,
});
const videos = positionals.map((path) => resolve(invocationDirectory, path));
await printVideos();
await printPairs();
if (values.pictures !== undefined) await printTransitions(resolve(invocationDirectory, values.pictures));

async function printVideos(): Promise<void> {
  const table = createTable(['video', 'samples/s', 'cuts, ms']);
  for (const video of videos) {
    for (const rate of RATES) {
      table.push([basename(video), String(rate), (await findSceneCuts(video, rate)).join(' ')]);
    }
  }
  console.log(table.toString());
}

async function printPairs(): Promise<void> {
  const table = createTable(['from', 'to', 'frames tried', 'cuts found']);
  const clips = await Promise.all(videos.map(readClip));
  for (const [index, from] of clips.entries()) {
    for (const [other, to] of clips.entries()) {
      if (index === other) continue;
      const found = from.flatMap((before) => to.filter((after) => isCut(before, after)));
      const names = [videos[index] ?? '', videos[other] ?? ''].map((path) => basename(path));
      table.push([...names, String(from.length * to.length), share(found.length, from.length * to.length)]);
    }
  }
  console.log(table.toString());
}

async function printTransitions(folder: string): Promise<void> {
  const table = createTable(['from one sample to the next', 'tried', 'taken for a cut', 'is one']);
  const byKind = Map.groupBy(await makeTransitions(folder), ({ kind }) => kind);
  for (const [kind, transitions] of byKind) {
    const found = transitions.filter(({ before, after }) => isCut(before, after));
    const truth = transitions[0]?.isCut === true ? 'yes' : 'no';
    table.push([kind, String(transitions.length), share(found.length, transitions.length), truth]);
  }
  console.log(table.toString());
}

/** A frame every 2 s, all of one size. */
async function readClip(video: string): Promise<LumaImage[]> {
  const frames: LumaImage[] = [];
  for await (const { thumbnail } of sampleThumbnails(video, 0.5)) {
    frames.push(shrinkLuma(thumbnail, COMMON_SIZE.width, COMMON_SIZE.height));
  }
  return frames;
}

function isCut(before: LumaImage, after: LumaImage): boolean {
  const cuts = createSceneCuts();
  cuts.next(before);
  return cuts.next(after).sceneCut;
}

function share(count: number, of: number): string {
  return `${((100 * count) / Math.max(1, of)).toFixed(1)} %`;
}
