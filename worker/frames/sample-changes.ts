import { createAdaptiveSampler } from './adaptive-sampler.ts';
import type { DecodedFrame } from './decode-frames.ts';
import { gridStep } from './frame-sampling.ts';

/** Which frames are sampled whether something changes or not, and where changes are looked for. */
export interface ChangeSampling<Name extends string> {
  adaptTo: Name;
  /** Presentation time of the first frame, in milliseconds. */
  firstTimeMs: number;
  samplesPerSecond: number;
  /** Most samples that do not lie on the grid. */
  maxExtra: number;
}

/**
 * Passes on, of all frames of a video, those on the grid and those before and after a visible change, and the last.
 * One frame is kept back, because only the next one tells whether it is wanted.
 */
export async function* sampleChanges<Name extends string>(
  frames: AsyncIterable<DecodedFrame<Name>>,
  { adaptTo, firstTimeMs, samplesPerSecond, maxExtra }: ChangeSampling<Name>,
): AsyncGenerator<DecodedFrame<Name>, void, undefined> {
  const sampler = createAdaptiveSampler(samplesPerSecond, maxExtra);
  let lastStep = Number.NEGATIVE_INFINITY;
  /** The frame before, as long as it has not been passed on. */
  let kept: DecodedFrame<Name> | undefined;
  let passedOn: DecodedFrame<Name>['pictures'] | undefined;
  for await (const frame of frames) {
    if (frame.repeated) continue;
    const step = gridStep(frame.timeMs, firstTimeMs, samplesPerSecond);
    const onGrid = step > lastStep;
    lastStep = Math.max(step, lastStep);
    const choice = sampler.next({ timeMs: frame.timeMs, picture: frame.pictures[adaptTo], onGrid });
    if (choice === 'both' && kept !== undefined) {
      passedOn = kept.pictures;
      yield kept;
    }
    // Nobody looks at them again: the sampler compares the frame that comes next with this one.
    if (kept !== undefined && kept.pictures !== frame.pictures && kept.pictures !== passedOn) kept.recycle();
    kept = undefined;
    if (onGrid || choice !== 'none') {
      passedOn = frame.pictures;
      yield frame;
    } else {
      kept = frame;
    }
  }
  if (kept !== undefined && sampler.takesLast()) yield kept;
}
