import { AppError } from '../src/errors.ts';
import type { MediaInfo } from '../src/results/results-document.ts';

/** When an attempt has to end, whatever it is doing. */
export interface AttemptSignal {
  readonly signal: AbortSignal;
  /** The video's length is known, and with it the time that the attempt may take. */
  onMedia(media: MediaInfo): void;
  close(): void;
}

/** What an attempt may take. */
export interface AttemptLimits {
  /** Seconds until the video's length is known. */
  probeSeconds: number;
  /** Seconds for the whole attempt at a video of that length. */
  secondsFor(media: MediaInfo): number;
  /** Milliseconds that it gets to finish once the worker was told to stop. */
  graceMs: number;
}

/**
 * Ends an attempt when its time is over, when the worker was told to stop and the grace period has passed, or when the
 * job is `lost`. The caller closes it.
 */
export function createAttemptSignal(
  stopping: AbortSignal,
  lost: AbortSignal,
  limits: AttemptLimits,
): AttemptSignal {
  const begun = performance.now();
  const own = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const allow = (seconds: number) => {
    clearTimeout(timer);
    const leftMs = Math.max(0, seconds * 1000 - (performance.now() - begun));
    timer = setTimeout(() => own.abort(tookTooLong(seconds)), leftMs);
  };
  allow(limits.probeSeconds);

  let grace: NodeJS.Timeout | undefined;
  const beginGrace = () => {
    grace = setTimeout(() => own.abort(stopping.reason), limits.graceMs);
  };
  if (stopping.aborted) beginGrace();
  else stopping.addEventListener('abort', beginGrace, { once: true });

  return {
    signal: AbortSignal.any([own.signal, lost]),
    onMedia: (media) => allow(limits.secondsFor(media)),
    close() {
      clearTimeout(timer);
      clearTimeout(grace);
      stopping.removeEventListener('abort', beginGrace);
    },
  };
}

function tookTooLong(seconds: number): AppError {
  return new AppError(
    'JOB_TIMED_OUT',
    `The analysis took longer than the ${seconds} s that a video of this length may take. ` +
      'Submit a shorter video or fewer samples.',
  );
}
