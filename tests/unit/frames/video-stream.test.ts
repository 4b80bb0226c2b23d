import { describe, expect, it } from '@jest/globals';
import {
  chooseVideoStream,
  containerSchema,
  displayedSize,
  type ProbedStream,
} from '../../../worker/frames/video-stream.ts';

function streams(...given: Record<string, unknown>[]): ProbedStream[] {
  const standard = { codec_type: 'video', codec_name: 'h264', width: 768, height: 576 };
  const described = given.map((stream, index) => Object.assign({ index }, standard, stream));
  return containerSchema.parse({ streams: described }).streams;
}

function sizeOf(stream: Record<string, unknown>): string {
  const [parsed] = streams(stream);
  if (parsed === undefined) throw new Error('One stream was given.');
  const { width, height } = displayedSize(parsed);
  return `${width}x${height}`;
}

describe('chooseVideoStream', () => {
  it('prefers the default track, and never takes an accompanying picture', () => {
    const cover = { disposition: { default: 1, attached_pic: 1 } };
    const [plain, standard] = [{ disposition: { default: 0 } }, { disposition: { default: 1 } }];
    expect(chooseVideoStream(streams(cover, plain, standard)).index).toBe(2);
    expect(chooseVideoStream(streams(cover, plain, plain)).index).toBe(1);
  });

  it.each([
    ['only sound', [{ codec_type: 'audio' }, { disposition: { attached_pic: 1 } }]],
    ['no video track', [{ codec_type: 'data' }]],
    ['cannot decode', [{ codec_name: 'unknown' }]],
  ])('refuses a file with the words "%s"', (words, given) => {
    expect(() => chooseVideoStream(streams(...given))).toThrow(words);
  });
});

describe('displayedSize', () => {
  it.each([
    ['side data', { side_data_list: [{ side_data_type: 'Display Matrix', rotation: -90 }] }, '576x768'],
    ['the tag of older files', { tags: { rotate: '270' } }, '576x768'],
    ['half a turn', { tags: { rotate: '180' } }, '768x576'],
    ['wide pixels', { sample_aspect_ratio: '2:1' }, '1536x576'],
    ['wide pixels on their side', { sample_aspect_ratio: '2:1', tags: { rotate: '90' } }, '576x1536'],
    [
      'pixels so narrow that less than half of one is left',
      { width: 4, sample_aspect_ratio: '3001:30004' },
      '1x576',
    ],
    ['no aspect', { sample_aspect_ratio: '0:1' }, '768x576'],
    ['a nonsensical aspect', { sample_aspect_ratio: '60000:1' }, '768x576'],
  ])('heeds %s', (_name, stream, expected) => {
    expect(sizeOf(stream)).toBe(expected);
  });
});
