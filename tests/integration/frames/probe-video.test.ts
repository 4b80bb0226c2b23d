import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { projectRoot } from '../../../src/config.ts';
import { probeVideo } from '../../../worker/frames/probe-video.ts';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { neverAborted, probe, testBinaries, TINY_VIDEO, WIDE_LIMITS } from '../../helpers/video-tools.ts';

describe('probeVideo', () => {
  it('reads the facts of the fixture', async () => {
    const facts = await probe(TINY_VIDEO);
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
    [{ maxDurationSeconds: 2 }, 'maxDurationSeconds', 3, 2],
    [{ maxFramePixels: 640 * 359 }, 'maxFramePixels', 640 * 360, 640 * 359],
  ])('refuses a video above %j, naming limit and value', async (limit, name, value, maximum) => {
    const probing = probeVideo(
      await testBinaries(),
      TINY_VIDEO,
      { ...WIDE_LIMITS, ...limit },
      neverAborted(),
    );
    await expect(probing).rejects.toMatchObject({
      code: 'VIDEO_TOO_LARGE',
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

  it('ends ffprobe at the time limit', async () => {
    const limits = { ...WIDE_LIMITS, probeTimeoutMs: 1 };
    const probing = probeVideo(await testBinaries(), TINY_VIDEO, limits, neverAborted());
    await expect(probing).rejects.toMatchObject({ code: 'JOB_TIMED_OUT' });
    await waitUntilNoFfmpeg();
  });

  it('throws the reason of an abort and leaves no ffprobe behind', async () => {
    const stop = new AbortController();
    const probing = probeVideo(await testBinaries(), TINY_VIDEO, WIDE_LIMITS, stop.signal);
    const reason = new Error('stopped by the test');
    setImmediate(() => stop.abort(reason));
    await expect(probing).rejects.toBe(reason);
    await waitUntilNoFfmpeg();
  });
});
