import { AppError } from '../src/errors.ts';

/** Says that one frame took `what` (the beginning of a sentence) longer than `stallMs`. */
export function inferenceStalled(what: string, stallMs: number): AppError {
  return new AppError(
    'INFERENCE_STALLED',
    `${what} did not answer for ${stallMs} ms on one frame and was restarted. Try the job again; if that fails too, ` +
      'choose fewer samples or a time range without the frame.',
  );
}

/** Says that the thread behind `what` (the beginning of a sentence) crashed on a frame: another attempt may succeed. */
export function inferenceCrashed(what: string, cause: unknown): AppError {
  return new AppError(
    'INFERENCE_STALLED',
    `${what} ended in the middle of a frame and was restarted. Try the job again; if that fails too, tell the operator: ` +
      'the cause is in the log of the worker.',
    { cause },
  );
}
