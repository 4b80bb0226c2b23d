import { decodeFrames, type DecodedFrame, type DecodingRequest } from './decode-frames.ts';
import type { FrameRange } from './frame-range.ts';
import { sampledIndices, samplingFilter, type SamplingPlan } from './frame-sampling.ts';
import { planRuns } from './plan-runs.ts';
import { hasSegmentIndex } from './segment-index.ts';

/** Which frames of a video are sampled, and from where on. */
export interface SamplesRequest<Name extends string> extends Omit<
  DecodingRequest<Name>,
  'range' | 'filters'
> {
  wanted: FrameRange;
  samplesPerSecond: number;
  plan: SamplingPlan;
}

/**
 * Decodes the frames on a grid of time, in one run of ffmpeg, or in several that skip what lies between (see planRuns).
 * The frame at which an earlier extraction ended comes once more: the next is chosen by it.
 * @throws AppError as decodeFrames does.
 */
export async function* decodeSamples<Name extends string>(
  request: SamplesRequest<Name>,
): AsyncGenerator<DecodedFrame<Name>, void, undefined> {
  const { binaries, facts, filePath, wanted, plan, samplesPerSecond } = request;
  const begun = performance.now();
  const rest = { from: plan.resumeAt ?? wanted.from, to: wanted.to };
  // What has to be read through a pipe cannot be sought in.
  const mustReadAll = binaries.misreadsSegmentIndex && (await hasSegmentIndex(filePath));
  const runs = mustReadAll ? [rest] : runsOf(request, rest);
  let lastFrameIndex = plan.resumeAt;
  for (const [index, run] of runs.entries()) {
    const isLast = index === runs.length - 1;
    const frames = decodeFrames({
      ...request,
      range: run,
      filters: samplingFilter(facts.presentationTimesMs[wanted.from] ?? 0, samplesPerSecond),
      lastFrameIndex,
      end: isLast ? request.end : { frameIndex: run.to - 1, isMissing: false, isFinal: false },
      maxSeconds: Math.max(0, request.maxSeconds - (performance.now() - begun) / 1000),
    });
    for await (const frame of frames) {
      if (!frame.repeated) lastFrameIndex = frame.frameIndex;
      yield frame;
    }
  }
}

function runsOf<Name extends string>(
  { facts, wanted, samplesPerSecond }: SamplesRequest<Name>,
  rest: FrameRange,
): FrameRange[] {
  const { presentationTimesMs, seekPoints, media } = facts;
  if (samplesPerSecond === Infinity) return [rest];
  const runs = planRuns(
    sampledIndices(presentationTimesMs, wanted, samplesPerSecond),
    presentationTimesMs,
    seekPoints,
    media.width * media.height,
  );
  // In one run, the frames behind the last sample are looked at too: they may be damaged. Whether there is one, and what is
  // found, must not depend on where an earlier extraction ended.
  if (runs.length <= 1) return [rest];
  return runs
    .filter(({ to }) => to > rest.from)
    .map(({ from, to }) => ({ from: Math.max(from, rest.from), to }));
}
