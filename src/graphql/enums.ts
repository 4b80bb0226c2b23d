import { registerEnumType } from 'type-graphql';
import { ERROR_CODE_NAMES, ERROR_CODES, type ErrorCode } from '../error-codes.ts';
import type { JobOrder } from '../jobs/list-jobs.ts';
import type { JobStage, JobStatus } from '../jobs/job.entity.ts';
import type { SamplingMode } from '../jobs/sampling-modes.ts';

/** GraphQL's names of the statuses. */
export const JobStatusEnum = {
  PENDING: 'pending',
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELED: 'canceled',
} as const satisfies Record<Uppercase<JobStatus>, JobStatus>;

registerEnumType(JobStatusEnum, {
  name: 'JobStatus',
  description: 'Where a job is in its life.',
  valuesConfig: {
    PENDING: { description: 'Waits for a worker. Progress 0.' },
    RUNNING: { description: 'A worker is analysing the video. Progress 0.5.' },
    COMPLETED: { description: 'Settled: the results can be read. Progress 1.' },
    FAILED: {
      description:
        'Settled without results: errorCode and errorMessage say why. `retryJob` tries again. Progress 1.',
    },
    CANCELED: {
      description: 'Settled by `cancelJob`, without results. `retryJob` queues it again. Progress 1.',
    },
  },
});

/** GraphQL's names of the stages. */
export const JobStageEnum = {
  QUEUED: 'queued',
  PROBING: 'probing',
  ANALYSING: 'analysing',
  STORING: 'storing',
  SETTLED: 'settled',
} as const satisfies Record<Uppercase<JobStage>, JobStage>;

registerEnumType(JobStageEnum, {
  name: 'JobStage',
  description: 'What is being done for a job.',
  valuesConfig: {
    QUEUED: { description: 'It waits for a worker.' },
    PROBING: { description: 'A worker looks at the container and the video track.' },
    ANALYSING: { description: 'Frames are decoded, objects detected and texts read.' },
    STORING: { description: 'The results are being stored.' },
    SETTLED: { description: 'Nothing is done any more.' },
  },
});

/** GraphQL's names of the orders. */
export const JobOrderEnum = {
  CREATED_AT_DESC: 'CREATED_AT_DESC',
  CREATED_AT_ASC: 'CREATED_AT_ASC',
} as const satisfies Record<JobOrder, JobOrder>;

registerEnumType(JobOrderEnum, {
  name: 'JobOrder',
  description: 'The order of a list of jobs.',
  valuesConfig: {
    CREATED_AT_DESC: { description: 'Newest first.' },
    CREATED_AT_ASC: { description: 'Oldest first.' },
  },
});

/** GraphQL's names of the ways to choose frames. */
export const SamplingModeEnum = {
  UNIFORM: 'uniform',
  ADAPTIVE: 'adaptive',
  ALL: 'all',
} as const satisfies Record<Uppercase<SamplingMode>, SamplingMode>;

registerEnumType(SamplingModeEnum, {
  name: 'SamplingMode',
  description: 'How the frames that are looked at are chosen.',
  valuesConfig: {
    UNIFORM: { description: '`samplesPerSecond` of them, evenly.' },
    ADAPTIVE: {
      description:
        'As UNIFORM, and besides the frames before and after a visible change, such as a cut or a text that comes or ' +
        'goes: at most 8 more at once, and 2 more for each sample (each second, when there are fewer samples).',
    },
    ALL: { description: 'Every frame of the video, whatever `samplesPerSecond` says.' },
  },
});

/** GraphQL's names of the error codes. */
export const ErrorCodeEnum: Readonly<Record<string, ErrorCode>> = Object.fromEntries(
  ERROR_CODE_NAMES.map((name) => [name, name]),
);

registerEnumType(ErrorCodeEnum, {
  name: 'ErrorCode',
  description:
    'A stable code: switch on it, never on a message. In `extensions.code` of errors, and in `errorCode` of jobs. ' +
    'The HTTP status is that of plain HTTP routes and of GraphQL requests that are refused before they are executed.',
  valuesConfig: Object.fromEntries(
    Object.entries(ERROR_CODES).map(([name, { httpStatus, when, remedy }]) => [
      name,
      { description: `HTTP ${httpStatus}. ${when} ${remedy}` },
    ]),
  ),
});
