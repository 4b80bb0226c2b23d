import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { MediaInfo } from '../results/results-document.ts';
import type { AnalysisOptions } from './analysis-options.ts';

/** The states of a job, in the order of its life. Who moves a job where stands in job-status.ts. */
export const JOB_STATUSES = ['pending', 'running', 'completed', 'failed', 'canceled'] as const;

/** See JOB_STATUSES. */
export type JobStatus = (typeof JOB_STATUSES)[number];

/** bigint columns arrive as text; all of ours stay below 2^53. */
const safeInteger = { to: (value: number) => value, from: (value: string) => Number(value) };

/** One submitted video and what became of it: a row of the `jobs` table. */
@Entity({ name: 'jobs' })
@Index('jobs_created_at_idx', ['createdAt', 'jobId'])
@Index('jobs_status_idx', ['status'])
export class JobEntity {
  @PrimaryColumn('uuid', { name: 'job_id', primaryKeyConstraintName: 'jobs_pkey' })
  jobId!: string;

  @Column('enum', { enum: JOB_STATUSES, enumName: 'job_status_enum', default: 'pending' })
  status!: JobStatus;

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

  @Column('text', { name: 'error_code', nullable: true })
  errorCode!: string | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt!: Date;

  @Column({ type: 'timestamptz', name: 'started_at', precision: 3, nullable: true })
  startedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'finished_at', precision: 3, nullable: true })
  finishedAt!: Date | null;
}
