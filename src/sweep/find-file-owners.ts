import type { DataSource } from 'typeorm';
import type { JobStatus } from '../jobs/job.entity.ts';

/** Who a stored file belongs to: what the database knew, at one moment, of the id in its key. */
export interface FileOwner {
  /** Whether an upload has the id. */
  isUpload: boolean;
  /** The job with the id. */
  job: { status: JobStatus; attempt: number; outputPath: string | null } | null;
  /** Those of the keys that are checkpoints of the job. */
  checkpoints: ReadonlySet<string>;
}

interface OwnerRow {
  jobId: string;
  isUpload: boolean;
  status: JobStatus | null;
  attempt: number;
  outputPath: string | null;
  checkpoints: string[];
}

/**
 * The owners of the files with these ids and keys, by id. One statement, and so one moment: an upload turns into a job
 * in one transaction, and who asked for the one before and for the other after it would find neither.
 */
export async function findFileOwners(
  dataSource: DataSource,
  ids: readonly string[],
  keys: readonly string[],
): Promise<Map<string, FileOwner>> {
  const rows = await dataSource.query<OwnerRow[]>(
    `SELECT ids.id AS "jobId", u.upload_id IS NOT NULL AS "isUpload",
        j.status, j.attempt, j.output_path AS "outputPath",
        ARRAY(SELECT c.storage_key FROM job_checkpoints c
          WHERE c.job_id = ids.id AND c.storage_key = ANY($2::text[])) AS checkpoints
      FROM unnest($1::uuid[]) AS ids(id)
      LEFT JOIN uploads u ON u.upload_id = ids.id
      LEFT JOIN jobs j ON j.job_id = ids.id`,
    [[...new Set(ids)], keys],
  );
  const ownerOf = ({ isUpload, status, attempt, outputPath, checkpoints }: OwnerRow): FileOwner => ({
    isUpload,
    job: status === null ? null : { status, attempt, outputPath },
    checkpoints: new Set(checkpoints),
  });
  return new Map(rows.map((row) => [row.jobId, ownerOf(row)]));
}
