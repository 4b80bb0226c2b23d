import { describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { readConfig } from '../../../src/config.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { findFfmpegBinaries } from '../../../worker/frames/ffmpeg-binaries.ts';
import { testBinaries } from '../../helpers/video-tools.ts';

const settings = { ...readConfig(), FFMPEG_PATH: undefined, FFPROBE_PATH: undefined };

describe('findFfmpegBinaries', () => {
  it('finds programs that run, and warns once about bundled ones only', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
    const binaries = await findFfmpegBinaries(settings, logger);
    expect(binaries.ffmpegVersion).toMatch(/\d/);
    expect(lines).toHaveLength(binaries.bundled ? 1 : 0);
  });

  it('takes the configured programs', async () => {
    const { ffmpegPath, ffprobePath } = await testBinaries();
    const config = { ...settings, FFMPEG_PATH: ffmpegPath, FFPROBE_PATH: ffprobePath };
    expect(await findFfmpegBinaries(config, createSilentLogger())).toMatchObject({
      ffmpegPath,
      ffprobePath,
      bundled: false,
    });
  });

  it.each(['FFMPEG_PATH', 'FFPROBE_PATH'])(
    'refuses a %s that cannot be started, without telling it',
    async (name) => {
      const config = { ...settings, [name]: '/nowhere/program' };
      const finding = findFfmpegBinaries(config, createSilentLogger());
      await expect(finding).rejects.toMatchObject({
        code: 'TOOL_UNAVAILABLE',
        message: expect.stringMatching(new RegExp(`^${name} (?!.*nowhere)`)),
      });
    },
  );
});
