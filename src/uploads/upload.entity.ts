import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../database/safe-integer.ts';

/** An upload that no job has consumed yet: a row of the `uploads` table. */
@Entity({ name: 'uploads' })
@Index('uploads_owner_idx', ['owner'])
@Index('uploads_expires_at_idx', ['expiresAt'])
export class UploadEntity {
  /** Becomes the id of the job that consumes the upload, so that its file need not move. */
  @PrimaryColumn('uuid', { name: 'upload_id', primaryKeyConstraintName: 'uploads_pkey' })
  uploadId!: string;

  @Column('text')
  owner!: string;

  /** What the client called the file. For display only. */
  @Column('text')
  filename!: string;

  /** Size of the whole file, in bytes, also while it is still arriving. */
  @Column('bigint', { name: 'size_bytes', transformer: safeInteger })
  sizeBytes!: number;

  /** SHA-256 of the whole file, hex; null while it is still arriving. */
  @Column('text', { nullable: true })
  sha256!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  /** From then on the upload is removed unless a job has consumed it. */
  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;
}
