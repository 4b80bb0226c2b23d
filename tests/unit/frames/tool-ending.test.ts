import { describe, expect, it } from '@jest/globals';
import { createCrashSigns, endingOf } from '../../../worker/frames/tool-ending.ts';

describe('endingOf', () => {
  it.each([
    ['exit code 0', 0, null, false, 'finished'],
    ['another exit code', 1, null, false, 'gave-up'],
    ['too many errors of a decoder', 69, null, false, 'gave-up'],
    ['an error number of ffmpeg 6 and later', 183, null, false, 'gave-up'],
    ['a signal', null, 'SIGSEGV', false, 'crashed'],
    ['the exit code of a shell whose child aborted', 134, null, false, 'crashed'],
    ['the exit code of a shell whose child was killed', 137, null, false, 'crashed'],
    ['signs of a crash before exit code 0', 0, null, true, 'crashed'],
    ['signs of a crash before the exit code of a program that is not there', 127, null, true, 'crashed'],
    ['a program that is not there', 127, null, false, 'not-started'],
    ['a file that is no program', 126, null, false, 'not-started'],
  ] as const)('judges %s', (_name, code, signal, toldCrash, expected) => {
    expect(endingOf(code, signal, toldCrash)).toBe(expected);
  });
});

describe('signs of a crash', () => {
  const seenIn = (...lines: string[]): boolean => {
    const signs = createCrashSigns();
    for (const line of lines) signs.readLine(line);
    return signs.seen();
  };

  it.each([
    '[info] Exiting normally, received signal 15.',
    'Received > 3 system signals, hard exiting',
    '[error] Error while decoding stream #0:0: Cannot allocate memory',
    '[rawvideo @ 0x55d] [error] Failed to allocate packet of size 2764800',
    '[error] Error while opening decoder for input stream #0:0 : Resource temporarily unavailable',
    '[h264 @ 0x55d] [error] get_buffer() failed',
    'ffmpeg: error while loading shared libraries: libavcodec.so.59: failed to map segment from shared object',
    'tail: memory exhausted',
  ])('are seen in "%s"', (line) => expect(seenIn('[info] Input #0', line)).toBe(true));

  it.each([
    '[info]     title           : Cannot allocate memory',
    '[info]     comment         : Exiting normally, received signal 15.',
    '[h264 @ 0x55d] [error] error while decoding MB 0 5, bytestream 49971',
    '[error] Error while decoding stream #0:0: Invalid data found when processing input',
    '[error] file:/videos/misled.mp4: Cannot allocate memory',
  ])('are not seen in "%s"', (line) => expect(seenIn(line)).toBe(false));

  it('are not that a picture is larger than allowed', () => {
    const refused = '[IMGUTILS @ 0x7ffd] [error] Picture size 65535x65535 is invalid';
    expect(seenIn(refused, '[h264 @ 0x55d] [error] get_buffer() failed')).toBe(false);
  });
});
