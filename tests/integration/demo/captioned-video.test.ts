import { expect, it } from '@jest/globals';
import { createCanvas } from '@napi-rs/canvas';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { annotateFrames } from '../../../worker/demo/annotate-frames.ts';
import { drawCaption } from '../../../worker/demo/draw-captions.ts';
import { makeCaptionedVideo } from '../../../worker/demo/make-captioned-video.ts';
import { readResultsFile } from '../../../worker/demo/read-results-file.ts';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import {
  extractAll,
  neverAborted,
  probe,
  testBinaries,
  TINY_VIDEO,
  WIDE_LIMITS,
} from '../../helpers/video-tools.ts';

const folder = temporaryDirectory();

async function pictureOf(colour: string): Promise<string> {
  const canvas = createCanvas(400, 300);
  const context = canvas.getContext('2d');
  context.fillStyle = colour;
  context.fillRect(0, 0, 400, 300);
  const path = join(folder, `${colour}.png`);
  await writeFile(path, await canvas.encode('png'));
  return path;
}

const view = { centerX: 0.5, centerY: 0.5, zoom: 1.2 };

it('makes a video of scenes and captions at their times, and leaves nothing else', async () => {
  const scenes = await Promise.all(
    ['red', 'lime'].map(async (colour) => ({
      imagePath: await pictureOf(colour),
      seconds: 1,
      from: view,
      to: view,
    })),
  );
  const video = {
    width: 320,
    height: 180,
    framesPerSecond: 10,
    quality: 20,
    preset: 'ultrafast' as const,
    captions: [{ text: 'HI', fromSeconds: 0.5, toSeconds: 1.5 }],
    captionStyle: { fontSize: 20 },
    scenes,
  };
  const path = join(folder, 'made', 'video.mp4');
  await makeCaptionedVideo(await testBinaries(), video, path, neverAborted());

  expect((await probe(path)).media).toMatchObject({
    width: 320,
    height: 180,
    frameCount: 20,
    durationMs: 2000,
  });
  const seen = (await extractAll(path)).map(({ image: { data } }) => {
    const scene = (data[0] ?? 0) > (data[1] ?? 0) ? 'red' : 'lime';
    return (data.at(-2) ?? 255) + (data.at(-3) ?? 255) < 120 ? `${scene}+caption` : scene;
  });
  expect(seen).toEqual(
    ['red', 'red+caption', 'lime+caption', 'lime'].flatMap((what) => [what, what, what, what, what]),
  );
  expect(await readdir(join(folder, 'made'))).toEqual(['video.mp4']);
});

it('leaves nothing behind when it is stopped', async () => {
  const stop = new AbortController();
  const scenes = [{ imagePath: await pictureOf('blue'), seconds: 60, from: view, to: view }];
  const size = { width: 1280, height: 720, framesPerSecond: 25, quality: 20, preset: 'veryslow' as const };
  const video = { ...size, scenes, captions: [], captionStyle: { fontSize: 20 } };
  const target = join(folder, 'stopped', 'video.mp4');
  const making = makeCaptionedVideo(await testBinaries(), video, target, stop.signal);
  const reason = new Error('stopped by the test');
  setImmediate(() => stop.abort(reason));
  await expect(making).rejects.toBe(reason);
  await waitUntilNoFfmpeg();
  expect(await readdir(join(folder, 'stopped'))).toEqual([]);
});

it('draws letters, with the font that comes along', async () => {
  const size = { width: 200, height: 100 };
  const [empty, written] = await Promise.all(
    ['', 'Wide letters'].map(async (text) => drawCaption(text, size, { fontSize: 24 })),
  );
  expect(written?.length).toBeGreaterThan((empty?.length ?? 0) + 300);
});

it('annotates frames of a results document, and refuses what is none', async () => {
  const box = { x: 0.1, y: 0.1, width: 0.3, height: 0.6 };
  const results = [0, 1000, 2000].map((timestampMs) => ({
    frameIndex: timestampMs / 125,
    timestampMs,
    detections: timestampMs === 1000 ? [] : [{ label: 'person', confidence: 0.9, box, trackId: 1 }],
    texts: [],
  }));
  const path = join(folder, 'results.json');
  await writeFile(path, JSON.stringify({ models: { sampling: { samplesPerSecond: 1 } }, results }));
  const outputDirectory = join(folder, 'pictures');
  const limits = { ...WIDE_LIMITS, maxSampledFrames: 100, maxSeconds: 60 };
  const request = {
    videoPath: TINY_VIDEO,
    results: await readResultsFile(path),
    outputDirectory,
    maxFrames: 6,
    limits,
  };

  await annotateFrames(await testBinaries(), request, neverAborted());
  expect((await readdir(outputDirectory)).toSorted()).toEqual(['frame-0.png', 'frame-2000.png']);
  expect((await readFile(join(outputDirectory, 'frame-0.png'))).subarray(1, 4).toString()).toBe('PNG');
  await expect(readResultsFile(TINY_VIDEO)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});
