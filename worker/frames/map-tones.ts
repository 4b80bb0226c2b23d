import type { ImageSize } from '../fit-image.ts';
import type { HighDynamicRange } from './video-stream.ts';

/** ffmpeg's filters for tone mapping; builds without the zimg library lack the first. */
export const TONE_MAPPING_FILTERS = ['zscale', 'tonemap'] as const;

/** Luminance of diffuse white in high dynamic range, in cd/m2 (ITU-R BT.2408). */
const REFERENCE_WHITE = 203;

/**
 * ffmpeg's filters from high dynamic range (ITU-R BT.2100, PQ or HLG) to BT.709 in 8 bits. Pictures are scaled to about
 * `size` first, because the mapping computes with floating-point numbers. Mobius leaves all but the highlights as they are,
 * which is what text and objects want.
 */
export function toneMappingFilters({ width, height }: ImageSize, range: HighDynamicRange): string[] {
  return [
    `scale=${atLeastEven(width)}:${atLeastEven(height)}`,
    ['zscale=t=linear', `npl=${REFERENCE_WHITE}`, ...assumedColours(range)].join(':'),
    'format=gbrpf32le',
    'zscale=p=bt709',
    'tonemap=mobius:desat=0',
    'zscale=t=bt709:m=bt709:r=tv',
    'format=yuv420p',
  ];
}

/** zscale refuses odd sides where several pixels share a colour. */
function atLeastEven(side: number): number {
  return Math.ceil(side / 2) * 2;
}

/** Where the file does not tell its colours, they are those that all video of high dynamic range is made with (BT.2100). */
function assumedColours({ knowsPrimaries, knowsMatrix }: HighDynamicRange): string[] {
  const primaries = knowsPrimaries ? [] : ['pin=bt2020', 'p=bt2020'];
  return knowsMatrix ? primaries : [...primaries, 'min=bt2020nc'];
}
