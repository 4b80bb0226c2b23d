import cliProgress from 'cli-progress';
import type { PolledStatus } from './analyse-video.ts';

/** Shows a job's coarse progress until it is stopped. */
export interface JobProgress {
  update(status: PolledStatus): void;
  stop(): void;
}

/** A bar on a terminal; elsewhere a line at every change, so that a log stays readable. */
export function createJobProgress(): JobProgress {
  if (!process.stdout.isTTY) {
    let shown = '';
    return {
      update({ status }) {
        if (status !== shown) console.log(`job is ${status.toLowerCase()}`);
        shown = status;
      },
      stop() {},
    };
  }
  const bar = new cliProgress.SingleBar(
    { format: '{bar} {status} {duration_formatted}', clearOnComplete: false, hideCursor: true },
    cliProgress.Presets.shades_classic,
  );
  bar.start(1, 0, { status: 'submitted' });
  return {
    update({ progress, status }) {
      bar.update(progress, { status: status.toLowerCase() });
    },
    stop: () => bar.stop(),
  };
}
