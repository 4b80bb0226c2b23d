/** Pairs the frames that ffmpeg writes with the presentation times that it logs: one log line a frame, in order. */
export interface FrameClock {
  /** Reads one line of ffmpeg's standard error. */
  readLine(line: string): void;
  /** No more lines will come. */
  end(): void;
  /**
   * The next frame's presentation time in milliseconds with fractions; undefined when ffmpeg logged no more. The
   * former call must have returned.
   */
  next(): Promise<number | undefined>;
}

const FRAME_LINE = /(?:^|\s)n:\s*\d+\s+pts:\s*(-?\d+)\s+pts_time:/;

/** Whether a line of ffmpeg's standard error announces a frame. */
export function isFrameLine(line: string): boolean {
  return FRAME_LINE.test(line);
}

/**
 * Creates the clock for one `showinfo` filter of a run of ffmpeg: the one whose lines `isOwn` accepts. It computes with
 * the exact timestamps and the time base, because older builds round the seconds they print to six digits, which is 0.1 s
 * in a video of some hours.
 */
export function createFrameClock(isOwn: (line: string) => boolean = () => true): FrameClock {
  const times: number[] = [];
  let msPerTick = 0;
  let ended = false;
  let wake: (() => void) | undefined;
  const notify = (): void => {
    wake?.();
    wake = undefined;
  };

  return {
    readLine(line) {
      const base = /config in time_base: (\d+)\/(\d+)/.exec(line);
      if (base !== null) msPerTick = (1000 * Number(base[1])) / Number(base[2]);
      const frame = FRAME_LINE.exec(line);
      if (frame === null || !isOwn(line)) return;
      times.push(Number(frame[1]) * msPerTick);
      notify();
    },
    end() {
      ended = true;
      notify();
    },
    async next() {
      if (times.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return times.shift();
    },
  };
}
