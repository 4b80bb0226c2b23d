import { afterAll, expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ResultsWarning } from '../../../src/results/results-document.ts';
import { extractWithWarnings } from '../../helpers/extract-with-warnings.ts';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { describeWithData, optionalData } from '../../helpers/optional-data.ts';
import { decodedFrameTimes, probe } from '../../helpers/video-tools.ts';

afterAll(waitUntilNoFfmpeg);

/** How each file ends: a code, or the number of its frames and the codes of its warnings. */
const ENDINGS: Record<string, string | [number, ...ResultsWarning['code'][]]> = {
  '8bytes.mp4': 'INVALID_VIDEO',
  'avc1_dims_65535.mp4': [60],
  'deep_nested_moov.mp4': 'INVALID_VIDEO',
  'empty.mp4': 'INVALID_VIDEO',
  'ffconcat_localfile.mp4': 'INVALID_VIDEO',
  'ftyp_only.mp4': 'INVALID_VIDEO',
  'fuzz_mdat_00.mp4': [60, 'VIDEO_DAMAGED'],
  'fuzz_mdat_01.mp4': [60, 'VIDEO_DAMAGED'],
  'fuzz_mdat_02.mp4': [60, 'VIDEO_DAMAGED'],
  'fuzz_mdat_03.mp4': [60, 'VIDEO_DAMAGED'],
  'fuzz_mdat_04.mp4': [60, 'VIDEO_DAMAGED'],
  'fuzz_moov_00.mp4': [60],
  'fuzz_moov_01.mp4': 'INVALID_VIDEO',
  // Its index leads out of the file for half of the frames.
  'fuzz_moov_02.mp4': [31, 'VIDEO_TRUNCATED'],
  'fuzz_moov_03.mp4': 'VIDEO_TOO_LONG',
  'fuzz_moov_04.mp4': 'INVALID_VIDEO',
  // Six of its 51 frames lie before their predecessors in time.
  'fuzz_moov_05.mp4': [45, 'VIDEO_TRUNCATED'],
  'fuzz_moov_06.mp4': [1, 'VIDEO_DAMAGED', 'VIDEO_TRUNCATED'],
  'fuzz_moov_07.mp4': 'UNSUPPORTED_MEDIA',
  'fuzz_moov_08.mp4': 'UNSUPPORTED_MEDIA',
  'fuzz_moov_09.mp4': 'INVALID_VIDEO',
  'hls_playlist_localfile.mp4': 'INVALID_VIDEO',
  'jpeg_named.mp4': 'INVALID_VIDEO',
  'mvhd_duration_max.mp4': [60],
  'random.mp4': 'INVALID_VIDEO',
  'text.mp4': 'INVALID_VIDEO',
  'trunc_faststart_1pct.mp4': 'INVALID_VIDEO',
  'trunc_faststart_50pct.mp4': [17, 'VIDEO_DAMAGED', 'VIDEO_TRUNCATED'],
  'trunc_moovend_50pct.mp4': 'INVALID_VIDEO',
};

const corrupt = optionalData('videos/corrupt');
describeWithData('videos/corrupt', 'the corrupt files of the optional data', () => {
  const names = existsSync(corrupt) ? readdirSync(corrupt) : ['none'];
  it.each(names)('end as they should: %s', async (name) => {
    const path = join(corrupt, name);
    const ending = ENDINGS[name];
    if (typeof ending === 'string') {
      const message: unknown = expect.stringMatching(/^[A-Z][^/]+\.$/);
      await expect(extractWithWarnings(path)).rejects.toMatchObject({
        code: ending,
        retryable: false,
        message,
      });
      return;
    }
    const { frames, warnings } = await extractWithWarnings(path);
    expect([frames.length, ...warnings.map(({ code }) => code).toSorted()]).toEqual(ending);
    const { streamIndex } = await probe(path);
    const times = (await decodedFrameTimes(path, streamIndex)).map(Math.round);
    // ffprobe lists also those that go back in time, which no sampling takes.
    const ascending = times.filter((time, index) => times.slice(0, index).every((before) => before < time));
    expect(frames.map(({ timestampMs }) => timestampMs)).toEqual(ascending);
    expect(frames.every(({ image }) => image.width === 64 && image.height === 48)).toBe(true);
  });
});
