import { expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { extractWithWarnings } from '../../helpers/extract-with-warnings.ts';
import { describeWithData, optionalData } from '../../helpers/optional-data.ts';
import { decodedFrameTimes, extractAll, probe } from '../../helpers/video-tools.ts';

const folder = optionalData('videos/odd');
const path = (name: string): string => join(folder, name);
const REFUSED: Record<string, string> = {
  'audio_only.mp4': 'UNSUPPORTED_MEDIA',
  'audio_with_cover_art.mp4': 'UNSUPPORTED_MEDIA',
  'mkv_named.mp4': 'INVALID_VIDEO',
};

describeWithData('videos/odd', 'the odd but valid files of the optional data', () => {
  const names = existsSync(folder) ? readdirSync(folder) : ['none'];

  it.each(names.filter((name) => !(name in REFUSED)))(
    'delivers the frames of %s that ffprobe decodes, at their times, and finds nothing wrong with it',
    async (name) => {
      const { streamIndex, media } = await probe(path(name));
      const expected = await decodedFrameTimes(path(name), streamIndex);
      const { frames, warnings } = await extractWithWarnings(path(name));
      expect(warnings).toEqual([]);
      expect(frames.map((frame) => frame.frameIndex)).toEqual(expected.map((_, index) => index));
      expect(media.frameCount).toBe(expected.length);
      for (const [index, time] of expected.entries()) {
        expect(Math.abs((frames[index]?.timestampMs ?? Number.NaN) - time)).toBeLessThanOrEqual(1);
      }
    },
  );

  it.each(Object.entries(REFUSED))('refuses %s with %s', async (name, code) => {
    await expect(probe(path(name))).rejects.toMatchObject({ code });
  });

  it('turns a rotated video upright', async () => {
    expect((await probe(path('rotate_90.mp4'))).media).toMatchObject({ width: 576, height: 768 });
    const [frame] = await extractAll(path('rotate_90.mp4'), { samplesPerSecond: 0.01 });
    const [upright] = await extractAll(path('no_audio.mp4'), { samplesPerSecond: 0.01 });
    if (frame === undefined || upright === undefined) throw new Error('Both videos have a first frame.');
    expect([frame.image.width, frame.image.height]).toEqual([576, 768]);
    // Pixel x, y of the picture as filmed lies at y, width - 1 - x of the picture turned by 90 degrees to the left.
    const at = (image: typeof frame.image, x: number, y: number): number =>
      image.data[(y * image.width + x) * 3] ?? -1;
    for (const [x, y] of [
      [100, 50],
      [600, 500],
      [300, 400],
    ] as const) {
      const filmed = at(upright.image, x, y);
      const turned = [at(frame.image, y, 767 - x), at(frame.image, 575 - y, x)];
      expect(Math.min(...turned.map((value) => Math.abs(value - filmed)))).toBeLessThan(12);
    }
  });

  it('makes the pixels of an anamorphic video square', async () => {
    expect((await probe(path('anamorphic_sar2.mp4'))).media).toMatchObject({ width: 1536, height: 576 });
    const [frame] = await extractAll(path('anamorphic_sar2.mp4'), { samplesPerSecond: 0.01 });
    expect([frame?.image.width, frame?.image.height]).toEqual([1280, 480]);
  });
});
