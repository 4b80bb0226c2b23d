import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { JobEntity } from './job.entity.ts';

/** One batch of analysed frames of a job that is not settled yet: a row of the `job_checkpoints` table. */
@Entity({ name: 'job_checkpoints' })
export class JobCheckpointEntity {
  @PrimaryColumn('uuid', { name: 'job_id', primaryKeyConstraintName: 'job_checkpoints_pkey' })
  jobId!: string;

  /** 0 for the first batch of the video, then 1, 2, ... whichever attempts made them. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'job_checkpoints_pkey' })
  sequence!: number;

  /** The attempt that made the batch. */
  @Column('integer')
  attempt!: number;

  /** Where the frames lie in storage. */
  @Column('text', { name: 'storage_key' })
  storageKey!: string;

  @Column('integer', { name: 'frame_count' })
  frameCount!: number;

  /** What made the frames: batches of other programs, models or options are not gone on from. */
  @Column('text', { name: 'engine_fingerprint' })
  engineFingerprint!: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @ManyToOne(() => JobEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'job_id', foreignKeyConstraintName: 'job_checkpoints_job_fkey' })
  job!: JobEntity;
}
