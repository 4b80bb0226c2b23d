import type { PictureCutter } from './cut-pictures.ts';
import type { FrameClock } from './frame-clock.ts';
import type { Pictures } from './pictures.ts';

/** The pictures of a frame, and when it is presented. */
export interface TimedPictures<Name extends string> {
  /** Milliseconds, with fractions. */
  timeMs: number;
  /** Those of the frame before, the very same, when this one looks like it. */
  pictures: Pictures<Name>;
}

/** What one run of ffmpeg tells of its frames. */
export interface TimingRequest<Name extends string> {
  cutter: PictureCutter<Name>;
  /** The times of the frames that come as pictures. */
  clock: FrameClock;
  /** The times of all frames; those not in `clock` look like the one before. Undefined when all come as pictures. */
  everyFrame: FrameClock | undefined;
  /** Called when no more pictures come; settles when the run is over: whether it was not cut off. */
  wroteAll: () => Promise<boolean>;
}

/** Puts frames, in order, together with their times, and those without pictures of their own with the pictures before. */
export async function* timePictures<Name extends string>({
  cutter,
  clock,
  everyFrame,
  wroteAll,
}: TimingRequest<Name>): AsyncGenerator<TimedPictures<Name>, void, undefined> {
  let before: Pictures<Name> | undefined;
  for (;;) {
    const pictures = await cutter.next();
    // Of a run that was cut off, nobody knows whether the last frames looked alike or did not arrive.
    if (pictures === undefined && !(await wroteAll())) return;
    const timeMs = await clock.next();
    for (;;) {
      const everyMs = await everyFrame?.next();
      if (everyMs === undefined || everyMs === timeMs) break;
      if (before !== undefined) yield { timeMs: everyMs, pictures: before };
    }
    if (pictures === undefined || timeMs === undefined) return;
    yield { timeMs, pictures };
    before = pictures;
  }
}
