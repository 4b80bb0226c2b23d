import type { DataSource } from 'typeorm';
import { z } from 'zod';

const rowsSchema = z.array(z.object({ row: z.record(z.string(), z.unknown()) }));

/** The rows of every table of ours, by the table's name. */
export type TableRows = ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>;

/** Two jobs in each status, one of them with every column that may be empty; and rows of every other table. */
const ROWS = [
  `INSERT INTO jobs (job_id, status, stage, revision, owner, priority, tags, pipeline_id, options, input_path,
      output_path, original_filename, size_bytes, sha256, media, attempt, failure_count, crash_count, fair_turn,
      idempotency_key, request_fingerprint, traceparent, error_code, error_message, retry_at, started_at, finished_at)
    SELECT gen_random_uuid(), status, stage, 3, 'ann', 7, '{holiday}', 'yolo_ocr', '{"samplesPerSecond": 2}', 'a.mp4',
      'a_1_results.json', 'Holiday (1).mp4', 45698, 'fa51', '{"width": 640}', 3, 2, 1, 4,
      'key-' || status, 'print', '00-00', code, message, now(), now(), now()
    FROM (VALUES
      ('pending', 'queued', 'DECODER_STALLED', 'The decoder made no progress.'),
      ('running', 'analysing', NULL, NULL),
      ('completed', 'settled', NULL, NULL),
      ('failed', 'settled', 'VIDEO_TOO_LONG', 'The video lasts 9 s and 8 s are allowed.'),
      ('canceled', 'settled', 'FRAME_TOO_LARGE', 'The video has frames of 9x9 pixels.')
    ) AS given (status_text, stage_text, code, message),
    LATERAL (SELECT status_text::job_status_enum AS status, stage_text::job_stage_enum AS stage) AS typed`,
  `INSERT INTO jobs (job_id, status, pipeline_id, options, input_path, original_filename, size_bytes, sha256)
    SELECT gen_random_uuid(), status, 'yolo_ocr', '{}', 'b.mp4', 'b.mp4', 1, '' FROM unnest(enum_range(NULL::job_status_enum)) AS status`,
  `INSERT INTO job_checkpoints (job_id, sequence, attempt, storage_key, frame_count, engine_fingerprint)
    SELECT job_id, 0, 1, job_id || '_1_frames_0.json', 10, 'print' FROM jobs WHERE status = 'running'`,
  `INSERT INTO uploads (upload_id, owner, filename, size_bytes, expires_at) VALUES (gen_random_uuid(), 'ann', 'c.mp4', 5, now())`,
  `INSERT INTO api_keys (key_id, owner, name, scopes, secret_hash) VALUES ('0123', 'ann', 'laptop', '{submit,read}', 'hash')`,
];

/** Fills the tables of a database that is migrated to this version. A new table needs a statement here. */
export async function insertRows(dataSource: DataSource): Promise<void> {
  for (const statement of ROWS) await dataSource.query(statement);
}

/** Reads all rows of all tables but that of the migrations themselves. */
export async function readRows(dataSource: DataSource): Promise<TableRows> {
  const tables = z
    .array(z.object({ name: z.string() }))
    .parse(
      await dataSource.query(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations' ORDER BY 1`,
      ),
    );
  const read = new Map<string, Record<string, unknown>[]>();
  for (const { name } of tables) {
    const rows = rowsSchema.parse(await dataSource.query(`SELECT to_jsonb(t) AS row FROM "${name}" AS t`));
    read.set(
      name,
      rows.map(({ row }) => row),
    );
  }
  return read;
}
