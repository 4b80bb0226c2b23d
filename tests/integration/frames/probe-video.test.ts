import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../../src/config.ts';
import type { FfmpegBinaries } from '../../../worker/frames/ffmpeg-binaries.ts';
import { probeVideo } from '../../../worker/frames/probe-video.ts';
import { ffmpegChildren } from '../../helpers/ffmpeg-children.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { neverAborted, probe, testBinaries, TINY_VIDEO, WIDE_LIMITS } from '../../helpers/video-tools.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const folder = temporaryDirectory();

/** An ffprobe that never answers. It has to be called ffprobe to be found among the children. */
async function hangingBinaries(): Promise<FfmpegBinaries> {
  const ffprobePath = join(folder, 'ffprobe');
  await writeFile(ffprobePath, '#!/bin/sh\nread -r forever < "$0.pipe"\n', { mode: 0o755 });
  await promisify(execFile)('mkfifo', [`${ffprobePath}.pipe`]).catch(() => undefined);
  return { ...(await testBinaries()), ffprobePath };
}

describe('probeVideo', () => {
  it('reads the facts of the fixture', async () => {
    const { signal } = new AbortController();
    const facts = await probeVideo(await testBinaries(), TINY_VIDEO, WIDE_LIMITS, signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(facts.media).toEqual({
      container: 'mp4',
      videoCodec: 'h264',
      width: 640,
      height: 360,
      durationMs: 3000,
      framesPerSecond: 8,
      frameCount: 24,
      hasAudio: false,
    });
    expect(facts.streamIndex).toBe(0);
    expect([...facts.presentationTimesMs]).toEqual(Array.from({ length: 24 }, (_, index) => index * 125));
  });

  it.each([
    [{ maxDurationSeconds: 2 }, 'VIDEO_TOO_LONG', 'maxDurationSeconds', 3, 2],
    [{ maxFramePixels: 640 * 359 }, 'FRAME_TOO_LARGE', 'maxFramePixels', 640 * 360, 640 * 359],
  ])('refuses a video above %j as %s, naming limit and value', async (limit, code, name, value, maximum) => {
    const probing = probeVideo(
      await testBinaries(),
      TINY_VIDEO,
      { ...WIDE_LIMITS, ...limit },
      neverAborted(),
    );
    await expect(probing).rejects.toMatchObject({
      code,
      details: { limit: name, value, maximum },
    });
  });

  it('says that a file with sound only has nothing to analyse', async () => {
    await expect(probe(join(projectRoot, 'tests/fixtures/audio-only.mp4'))).rejects.toMatchObject({
      code: 'UNSUPPORTED_MEDIA',
      message: expect.stringContaining('only sound'),
    });
  });

  it('reports a missing file without naming it', async () => {
    const probing = probe('/nowhere/secret.mp4');
    await expect(probing).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await expect(probing).rejects.toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') }),
    );
  });

  it('ends an ffprobe that hangs at the time limit', async () => {
    const limits = { ...WIDE_LIMITS, probeTimeoutMs: 200 };
    const probing = probeVideo(await hangingBinaries(), TINY_VIDEO, limits, neverAborted());
    await expect(probing).rejects.toMatchObject({ code: 'JOB_TIMED_OUT' });
    expect(await ffmpegChildren()).toEqual([]);
  });

  it('ends an ffprobe that hangs on an abort, whose reason it throws', async () => {
    const stop = new AbortController();
    const probing = probeVideo(await hangingBinaries(), TINY_VIDEO, WIDE_LIMITS, stop.signal);
    const reason = new Error('stopped by the test');
    void waitFor(async () => (await ffmpegChildren())[0], 10_000, 'ffprobe to run').then(() =>
      stop.abort(reason),
    );
    await expect(probing).rejects.toBe(reason);
    expect(await ffmpegChildren()).toEqual([]);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });
});
