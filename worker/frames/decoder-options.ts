import type { FfmpegBinaries } from './ffmpeg-binaries.ts';
import { type FrameRange, seekTimeMs } from './frame-range.ts';
import { deliveredSize } from './frame-sampling.ts';
import { toneMappingFilters } from './map-tones.ts';
import { pictureFilters, type PictureRequest } from './pictures.ts';
import { toFileUrl, type VideoFacts } from './probe-video.ts';
import { hasSegmentIndex, openWithoutSegmentIndex } from './segment-index.ts';
import { skipAlikeFilters } from './skip-alike.ts';
import type { FfmpegRequest } from './start-ffmpeg.ts';

/**
 * The video as ffmpeg's input, from a little before the range. The forced demuxer and the only permitted protocol keep
 * a file from making ffmpeg open something else.
 */
export async function openVideo(
  binaries: FfmpegBinaries,
  filePath: string,
  facts: VideoFacts,
  range: FrameRange,
): Promise<FfmpegRequest['inputs'][number]> {
  const masked = binaries.misreadsSegmentIndex && (await hasSegmentIndex(filePath));
  const bounds = [
    '-max_pixels',
    String(facts.maxFramePixels),
    '-protocol_whitelist',
    masked ? 'pipe' : 'file',
  ];
  // What is read through a pipe cannot be sought in: there, only the filter finds the range.
  const seek = masked ? [] : seekOptions(facts, range);
  return {
    source: masked ? openWithoutSegmentIndex(filePath) : toFileUrl(filePath),
    options: ['-copyts', ...bounds, ...seek, '-f', 'mov'],
  };
}

/**
 * Spares ffmpeg what lies long before the range. Which frames are delivered does not depend on it: ffmpeg must not cut
 * anything away on its own account.
 */
function seekOptions(facts: VideoFacts, { from }: FrameRange): string[] {
  const seekMs = from === 0 ? null : seekTimeMs(facts.seekPoints, facts.presentationTimesMs[from] ?? 0);
  if (seekMs === null) return [];
  return ['-seek_timestamp', '1', '-noaccurate_seek', '-ss', (seekMs / 1000).toFixed(6)];
}

/**
 * What makes raw pictures of the frames that pass `filters`, an output for each, with a line of the log for every frame.
 * The pictures are of one size, because raw pictures can only be cut apart when none differs, even if the video changes
 * midway. With `blockDifference`, frames that look like the last one are announced and left out (see skipAlikeFilters).
 */
export function rawPictures(
  binaries: FfmpegBinaries,
  facts: VideoFacts,
  filters: readonly string[],
  pictures: readonly PictureRequest[],
  blockDifference?: number,
): Pick<FfmpegRequest, 'filterGraph' | 'outputs'> {
  const maxSide = Math.max(...pictures.flatMap(({ width, height }) => [width, height]));
  const mapping =
    facts.highDynamicRange !== undefined && binaries.mapsTones
      ? toneMappingFilters(deliveredSize(facts.media, maxSide), facts.highDynamicRange)
      : [];
  const skipping = blockDifference === undefined ? [] : [skipAlikeFilters(blockDifference)];
  const source = [...filters, ...skipping, ...mapping, `split=${pictures.length}`].join(',');
  const split = pictures.map((_, index) => `[frame${index}]`).join('');
  const branches = pictures.map((picture, index) => {
    // Announcing a frame costs a look at each of its pixels, so it is done where they are fewest.
    const announce = index === pictures.length - 1 ? ['showinfo'] : [];
    const made = [...pictureFilters(facts.media, picture), ...announce].join(',');
    return `[frame${index}]${made}[picture${index}]`;
  });
  return {
    filterGraph: [`[0:${facts.streamIndex}]${source}${split}`, ...branches].join(';'),
    outputs: pictures.map(({ pixels }, index) => ({
      options: [
        ...['-map', `[picture${index}]`, '-f', 'rawvideo', '-pix_fmt', pixels, '-threads', '1'],
        ...binaries.passthroughOptions,
      ],
    })),
  };
}
