import { afterEach, describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawCaption } from '../../../worker/demo/draw-captions.ts';
import { encodeVideo } from '../../../worker/frames/encode-video.ts';
import { ffmpegChildren, waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { neverAborted, startExtraction, testBinaries } from '../../helpers/video-tools.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const folder = temporaryDirectory();
/** 200 frames of 1280x720 are 550 MB of pixels: far more than pipes and buffers hold. */
const LONG_VIDEO = join(folder, 'long.mp4');
let made: Promise<void> | undefined;

async function longVideo(): Promise<string> {
  made ??= makeLongVideo();
  await made;
  return LONG_VIDEO;
}

async function makeLongVideo(): Promise<void> {
  const imagePath = join(folder, 'card.png');
  await writeFile(imagePath, await drawCaption('LONG', { width: 1280, height: 720 }, { fontSize: 200 }));
  const view = { centerX: 0.5, centerY: 0.5, zoom: 1 };
  const scenes = [{ imagePath, seconds: 20, from: view, to: view }];
  const size = { width: 1280, height: 720, framesPerSecond: 10 };
  const plan = { ...size, scenes, overlays: [], quality: 35, preset: 'ultrafast' as const };
  await encodeVideo(await testBinaries(), plan, LONG_VIDEO, neverAborted());
}

async function startedChild(): Promise<number> {
  return waitFor(async () => (await ffmpegChildren())[0], 10_000, 'ffmpeg to run');
}

async function failAtFirstFrame(): Promise<void> {
  for await (const frame of await startExtraction(await longVideo())) {
    throw new Error(`consumer failed at ${frame.frameIndex}`);
  }
}

async function outlastTheLimit(): Promise<void> {
  const frames = await startExtraction(await longVideo(), { maxSeconds: 0.3 });
  await frames.next();
  // The consumer takes its time: ffmpeg has to be ended without being asked for anything.
  await waitUntilNoFfmpeg();
  for await (const frame of frames) expect(frame.image.data.length).toBeGreaterThan(0);
}

describe('an extraction that is not taken to its end', () => {
  afterEach(waitUntilNoFfmpeg);

  it('ends ffmpeg when the consumer breaks off', async () => {
    for await (const frame of await startExtraction(await longVideo())) {
      expect(frame.frameIndex).toBe(0);
      expect(await ffmpegChildren()).toHaveLength(1);
      break;
    }
    // Waited for by the loop itself, not some time later.
    expect(await ffmpegChildren()).toEqual([]);
  });

  it('ends ffmpeg when the consumer throws, and passes its error on', async () => {
    await expect(failAtFirstFrame()).rejects.toThrow('consumer failed at 0');
    expect(await ffmpegChildren()).toEqual([]);
  });

  it('throws the reason of an abort while it waits for a frame', async () => {
    const stop = new AbortController();
    const frames = await startExtraction(await longVideo(), { samplesPerSecond: 0.01, signal: stop.signal });
    await frames.next();
    const reason = new Error('stopped by the test');
    const waiting = frames.next();
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it('ends ffmpeg on an abort even while the consumer is busy, and leaves no listener on the signal', async () => {
    const stop = new AbortController();
    const frames = await startExtraction(await longVideo(), { signal: stop.signal });
    await frames.next();
    stop.abort(new Error('stopped by the test'));
    await waitUntilNoFfmpeg();
    await expect(frames.next()).rejects.toBe(stop.signal.reason);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('starts nothing when the signal is aborted already', async () => {
    const reason = new Error('stopped before');
    const frames = await startExtraction(await longVideo(), { signal: AbortSignal.abort(reason) });
    await expect(frames.next()).rejects.toBe(reason);
  });

  it('ends ffmpeg at the wall-time limit', async () => {
    await expect(outlastTheLimit()).rejects.toMatchObject({ code: 'JOB_TIMED_OUT' });
  });

  it('makes ffmpeg wait for a slow consumer instead of buffering', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const frames = await startExtraction(await longVideo());
    try {
      const first = await frames.next();
      const frameBytes = first.done === true ? 0 : first.value.image.data.length;
      const pid = await startedChild();
      // Blocked means that it no longer gets anything done: its processor time stands still while it is alive.
      let last = await processorTime(pid);
      await waitFor(
        async () => {
          const now = await processorTime(pid);
          const stands = now === last;
          last = now;
          return stands ? true : undefined;
        },
        10_000,
        'ffmpeg to stand still',
      );
      // Of 200 frames; what other tests of this process left behind does not count.
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * frameBytes);
      let rest = 0;
      for await (const frame of frames) rest += frame.image.width > 0 ? 1 : 0;
      expect(rest).toBe(199);
    } finally {
      await frames.return();
    }
  });
});

/** User and system time in clock ticks, from fields 14 and 15 of the process's stat file. */
async function processorTime(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
