import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ErrorCode } from '../error-codes.ts';
import { safeInteger } from '../database/safe-integer.ts';
import type { MediaInfo } from '../results/results-document.ts';
import type { AnalysisOptions } from './analysis-options.ts';

/** The states of a job, in the order of its life. Who moves a job where stands in job-status.ts. */
export const JOB_STATUSES = ['pending', 'running', 'completed', 'failed', 'canceled'] as const;

/** See JOB_STATUSES. */
export type JobStatus = (typeof JOB_STATUSES)[number];

/** What is being done for a job. A queued or settled job is in the stage of that name. */
export const JOB_STAGES = ['queued', 'probing', 'analysing', 'storing', 'settled'] as const;

/** See JOB_STAGES. */
export type JobStage = (typeof JOB_STAGES)[number];

/** One submitted video and what became of it: a row of the `jobs` table. */
@Entity({ name: 'jobs' })
@Index('jobs_status_idx', ['status'])
@Index('jobs_owner_idx', ['owner', 'createdAt', 'jobId'])
@Index('jobs_owner_status_idx', ['owner', 'status', 'createdAt', 'jobId'])
@Index('jobs_queue_idx', ['priority', 'fairTurn', 'queuedAt', 'jobId'], { where: `"status" = 'pending'` })
@Index('jobs_finished_idx', ['status', 'finishedAt'], { where: `"finished_at" IS NOT NULL` })
@Index('jobs_tags_idx', ['tags'], { type: 'gin' })
@Index('jobs_search_idx', { synchronize: false })
@Index('jobs_idempotency_idx', ['owner', 'idempotencyKey'], {
  unique: true,
  where: `"idempotency_key" IS NOT NULL`,
})
export class JobEntity {
  @PrimaryColumn('uuid', { name: 'job_id', primaryKeyConstraintName: 'jobs_pkey' })
  jobId!: string;

  @Column('enum', { enum: JOB_STATUSES, enumName: 'job_status_enum', default: 'pending' })
  status!: JobStatus;

  @Column('enum', { enum: JOB_STAGES, enumName: 'job_stage_enum', default: 'queued' })
  stage!: JobStage;

  /** Grows with every change of the row. */
  @Column('integer', { default: 1 })
  revision!: number;

  /** Who submitted the job; only this owner's keys see it. */
  @Column('text', { default: 'local' })
  owner!: string;

  /** 0..9: jobs of a higher priority are taken first. */
  @Column('smallint', { default: 0 })
  priority!: number;

  /** The client's own words to find the job by. */
  @Column('text', { array: true, default: () => `'{}'` })
  tags!: string[];

  /** Under this key a repeated submission finds the job again. */
  @Column('text', { name: 'idempotency_key', nullable: true })
  idempotencyKey!: string | null;

  /** What was submitted under the key: SHA-256, hex, of everything that must be the same. */
  @Column('text', { name: 'request_fingerprint', nullable: true })
  requestFingerprint!: string | null;

  @Column('text', { name: 'pipeline_id' })
  pipelineId!: string;

  @Column('jsonb')
  options!: AnalysisOptions;

  /** Storage key of the uploaded video. */
  @Column('text', { name: 'input_path' })
  inputPath!: string;

  /** Storage key of the results document, once completed. */
  @Column('text', { name: 'output_path', nullable: true })
  outputPath!: string | null;

  /** What the client called the file. For display only: it never becomes part of a path. */
  @Column('text', { name: 'original_filename' })
  originalFilename!: string;

  @Column('bigint', { name: 'size_bytes', transformer: safeInteger })
  sizeBytes!: number;

  /** SHA-256 of the uploaded bytes, hex. */
  @Column('text')
  sha256!: string;

  /** What the worker's probe found; null before that. */
  @Column('jsonb', { nullable: true })
  media!: MediaInfo | null;

  /** How often a worker has started on the job. Every write of a worker is guarded by it. */
  @Column('integer', { default: 0 })
  attempt!: number;

  /** Attempts that failed by an error since the job was submitted or last retried: they count against MAX_ATTEMPTS. */
  @Column('integer', { name: 'failure_count', default: 0 })
  failureCount!: number;

  /** Attempts that ended with their worker since the job was submitted or last retried. */
  @Column('integer', { name: 'crash_count', default: 0 })
  crashCount!: number;

  /** Among pending jobs of one priority the lowest turn is taken first: see fair-turn.ts. */
  @Column('integer', { name: 'fair_turn', default: 0 })
  fairTurn!: number;

  /** A pending job that failed before is not taken before this time. */
  @Column({ type: 'timestamptz', name: 'retry_at', precision: 3, nullable: true })
  retryAt!: Date | null;

  /** The span of the request that put the job into the queue, when its trace is recorded: attempts go on with it. */
  @Column('text', { nullable: true })
  traceparent!: string | null;

  @Column('text', { name: 'error_code', nullable: true })
  errorCode!: ErrorCode | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt!: Date;

  /** Since when the job has had its place in the queue. */
  @Column({ type: 'timestamptz', name: 'queued_at', precision: 3, default: () => 'now()' })
  queuedAt!: Date;

  @Column({ type: 'timestamptz', name: 'started_at', precision: 3, nullable: true })
  startedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'finished_at', precision: 3, nullable: true })
  finishedAt!: Date | null;
}
