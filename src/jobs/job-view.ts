import type { ErrorCode } from '../error-codes.ts';
import type { MediaInfo } from '../results/results-document.ts';
import type { AnalysisOptions } from './analysis-options.ts';
import type { JobStage, JobStatus } from './job.entity.ts';

/** What a client that polls needs to know of a job. */
export interface JobStatusView {
  jobId: string;
  owner: string;
  pipelineId: string;
  status: JobStatus;
  stage: JobStage;
  revision: number;
  attempt: number;
  /** 1 is taken next; MAX_QUEUE_POSITION stands for itself and all behind it; null unless pending. */
  queuePosition: number | null;
  /** Code and message of the error that ended the job or its last attempt. */
  errorCode: ErrorCode | null;
  errorMessage: string | null;
  createdAt: Date;
  updatedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** No further attempt is made before this time; null unless the job waits after one that failed. */
  retryAt: Date | null;
}

/** Everything that a client may see of a job, and where its files lie. */
export interface JobView extends JobStatusView {
  options: AnalysisOptions;
  priority: number;
  tags: string[];
  originalFilename: string;
  /** Bytes. */
  sizeBytes: number;
  /** SHA-256 of the file, hex. */
  sha256: string;
  media: MediaInfo | null;
  inputPath: string;
  outputPath: string | null;
}

/** Positions are counted no further than this, so that a deep queue does not make polling dear. */
export const MAX_QUEUE_POSITION = 1000;

// The queue's order: priority, then fair turn, then time. Both counts walk jobs_queue_idx and stop early.
const QUEUE_POSITION = `
  CASE WHEN j.status = 'pending' THEN LEAST(${MAX_QUEUE_POSITION}, 1
    + (SELECT count(*) FROM (SELECT FROM jobs a WHERE a.status = 'pending'
        AND a.priority > j.priority LIMIT ${MAX_QUEUE_POSITION}) AS more_urgent)
    + (SELECT count(*) FROM (SELECT FROM jobs a WHERE a.status = 'pending'
        AND a.priority = j.priority AND (a.fair_turn, a.queued_at, a.job_id) < (j.fair_turn, j.queued_at, j.job_id)
        LIMIT ${MAX_QUEUE_POSITION}) AS earlier))::int END`;

const STATUS_COLUMNS = `
  j.job_id AS "jobId", j.owner, j.pipeline_id AS "pipelineId", j.status, j.stage, j.revision, j.attempt,
  j.error_code AS "errorCode", j.error_message AS "errorMessage", j.created_at AS "createdAt",
  j.updated_at AS "updatedAt", j.started_at AS "startedAt", j.finished_at AS "finishedAt", j.retry_at AS "retryAt",
  ${QUEUE_POSITION} AS "queuePosition"`;

/** SELECT list that makes a JobStatusView of a row `j` of `jobs`. */
export const SELECT_JOB_STATUS = `SELECT ${STATUS_COLUMNS}`;

/** SELECT list that makes a JobView of a row `j` of `jobs`. Sizes stay below 2^53, so a float holds them exactly. */
export const SELECT_JOB = `SELECT ${STATUS_COLUMNS}, j.options, j.priority, j.tags,
  j.original_filename AS "originalFilename", j.size_bytes::float8 AS "sizeBytes", j.sha256, j.media,
  j.input_path AS "inputPath", j.output_path AS "outputPath"`;
