import cliProgress from 'cli-progress';
import type { JobWatcher } from './client/watch-jobs.ts';
import type { JobStandingFragment } from './generated/graphql.ts';

/** Shows the coarse progress of jobs, on standard error, until it is stopped. */
export interface JobProgress extends JobWatcher {
  stop(): void;
}

/** A bar on a terminal; elsewhere a line at every change, so that a log stays readable. */
export function createJobProgress(): JobProgress {
  return process.stderr.isTTY ? createBar() : createLines();
}

function createBar(): JobProgress {
  const bar = new cliProgress.SingleBar(
    { format: '{bar} {standing} ({duration_formatted})', hideCursor: true },
    cliProgress.Presets.shades_classic,
  );
  bar.start(1, 0, { standing: 'submitted' });
  return {
    update(jobs) {
      bar.setTotal(jobs.length);
      bar.update(
        jobs.reduce((sum, { progress }) => sum + progress, 0),
        { standing: describe(jobs) },
      );
    },
    trouble: (standing) => bar.update({ standing }),
    stop: () => bar.stop(),
  };
}

function createLines(): JobProgress {
  let shown = '';
  const show = (line: string) => {
    if (line !== shown) console.error(line);
    shown = line;
  };
  return { update: (jobs) => show(describe(jobs)), trouble: show, stop() {} };
}

function describe(jobs: readonly JobStandingFragment[]): string {
  const [first] = jobs;
  if (first && jobs.length === 1) return describeJob(first);
  const counts = Object.entries(Object.groupBy(jobs, ({ status }) => status));
  return counts.map(([status, group]) => `${group.length} ${status.toLowerCase()}`).join(', ');
}

/** How one job stands, in a few words. */
export function describeJob({ status, stage, queuePosition, attempt }: JobStandingFragment): string {
  if (status === 'PENDING') return queuePosition === null ? 'queued' : `queued, place ${queuePosition}`;
  if (status !== 'RUNNING') return status.toLowerCase();
  return `${stage.toLowerCase()}${attempt > 1 ? `, attempt ${attempt}` : ''}`;
}
