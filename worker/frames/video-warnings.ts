import type { ResultsWarning } from '../../src/results/results-document.ts';
import { isFrameLine } from './frame-clock.ts';

/** Tells of what is wrong with a video that is analysed all the same. Each code is told once. */
export interface VideoWarnings {
  /** Reads one line of ffmpeg's standard error; its lines must carry their level. */
  readLine(line: string): void;
  warn(code: ResultsWarning['code']): void;
  has(code: ResultsWarning['code']): boolean;
}

/** Without counts and times, so that they are the same however often a job was interrupted. */
const MESSAGES: Record<ResultsWarning['code'], string> = {
  VIDEO_DAMAGED:
    'Parts of the video are damaged: some pictures are missing or spoilt, and so is what was seen and read there. ' +
    'Export the video again and submit that to have all of it analysed.',
  VIDEO_TRUNCATED:
    'The video breaks off early: what follows could not be decoded and was not analysed. ' +
    'Export the video again and submit that to have all of it analysed.',
};

/** What ffmpeg itself says, before and after version 6, about packets and frames that a decoder failed on. */
const DECODING_FAILED =
  /\[error\] (?:Error while decoding stream|Error submitting (?:a )?packet to (?:the )?decoder|Decoding error)|\[warning\] .*corrupt decoded frame/;

/**
 * Finds in ffmpeg's log what its decoder for `codec` and its demuxer, of the track `streamIndex`, complain about.
 * With `fromFirstFrame`, complaints of the decoder count only from the first frame on that ffmpeg delivers: what lies
 * before is not wanted, and a decoder that begins in the middle misses what its first pictures refer to.
 */
export function createVideoWarnings(
  track: { codec: string; streamIndex: number; fromFirstFrame: boolean },
  onWarning: (warning: ResultsWarning) => void,
): VideoWarnings {
  const told = new Set<ResultsWarning['code']>();
  const decoderComplains = new RegExp(
    `\\[(?:dec:)?(?:${track.codec}|lib[a-z0-9_-]+) @ [^\\]]*\\] \\[(?:error|fatal|panic)\\] `,
  );
  const cutShort = new RegExp(
    `\\[error\\] stream ${track.streamIndex}, offset 0x[0-9a-f]+: partial file` +
      `|\\[warning\\] .*corrupt input packet in stream ${track.streamIndex}\\b`,
  );
  let counts = !track.fromFirstFrame;

  const warn = (code: ResultsWarning['code']): void => {
    if (told.has(code)) return;
    told.add(code);
    onWarning({ code, message: MESSAGES[code] });
  };
  return {
    readLine(line) {
      counts ||= isFrameLine(line);
      if (cutShort.test(line)) warn('VIDEO_TRUNCATED');
      else if (counts && (decoderComplains.test(line) || DECODING_FAILED.test(line))) warn('VIDEO_DAMAGED');
    },
    warn,
    has: (code) => told.has(code),
  };
}
