import type { MigrationInterface, QueryRunner } from 'typeorm';

const FINISHED_INDEX = `INDEX "jobs_finished_idx" ON "jobs"`;
const QUEUE_INDEX = `INDEX "jobs_queue_idx" ON "jobs"`;

/**
 * What jobs need to survive crashes: failures and crashes counted apart from attempts, the time of the next attempt,
 * a fair turn among owners, checkpoints, and an index to find what has expired.
 */
export class SurviveCrashes1764100000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "jobs"
        ADD COLUMN "failure_count" integer NOT NULL DEFAULT 0,
        ADD COLUMN "crash_count" integer NOT NULL DEFAULT 0,
        ADD COLUMN "fair_turn" integer NOT NULL DEFAULT 0,
        ADD COLUMN "retry_at" timestamptz(3)`);
    await queryRunner.query(
      `UPDATE "jobs" SET "failure_count" = GREATEST(0, "attempt" - "attempts_before_retry") WHERE "status" IN ('pending', 'failed')`,
    );
    await queryRunner.query(`ALTER TABLE "jobs" DROP COLUMN "attempts_before_retry"`);
    // The old code stood for three limits; the message tells which one it was.
    await queryRunner.query(`
      UPDATE "jobs" SET "error_code" = CASE
        WHEN "error_message" LIKE 'The video lasts %' OR "error_message" LIKE 'The video has more than %' THEN 'VIDEO_TOO_LONG'
        WHEN "error_message" LIKE 'The video has frames of %' THEN 'FRAME_TOO_LARGE'
        ELSE 'TOO_MANY_FRAMES' END
      WHERE "error_code" = 'VIDEO_TOO_LARGE'`);
    await queryRunner.query(`DROP INDEX "jobs_queue_idx", "jobs_finished_idx"`);
    await queryRunner.query(
      `CREATE ${QUEUE_INDEX} ("priority", "fair_turn", "queued_at", "job_id") WHERE "status" = 'pending'`,
    );
    await queryRunner.query(
      `CREATE ${FINISHED_INDEX} ("status", "finished_at") WHERE "finished_at" IS NOT NULL`,
    );
    await queryRunner.query(`
      CREATE TABLE "job_checkpoints" (
        "job_id" uuid NOT NULL,
        "sequence" integer NOT NULL,
        "attempt" integer NOT NULL,
        "storage_key" text NOT NULL,
        "frame_count" integer NOT NULL,
        "engine_fingerprint" text NOT NULL,
        "created_at" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "job_checkpoints_pkey" PRIMARY KEY ("job_id", "sequence"),
        CONSTRAINT "job_checkpoints_job_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs" ("job_id") ON DELETE CASCADE
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "job_checkpoints"`);
    await queryRunner.query(`DROP INDEX "jobs_queue_idx", "jobs_finished_idx"`);
    await queryRunner.query(
      `CREATE ${QUEUE_INDEX} ("priority", "queued_at", "job_id") WHERE "status" = 'pending'`,
    );
    await queryRunner.query(`CREATE ${FINISHED_INDEX} ("finished_at") WHERE "status" = 'completed'`);
    await queryRunner.query(
      `UPDATE "jobs" SET "error_code" = 'VIDEO_TOO_LARGE' WHERE "error_code" IN ('VIDEO_TOO_LONG', 'FRAME_TOO_LARGE', 'TOO_MANY_FRAMES')`,
    );
    await queryRunner.query(
      `ALTER TABLE "jobs" ADD COLUMN "attempts_before_retry" integer NOT NULL DEFAULT 0`,
    );
    await queryRunner.query(`UPDATE "jobs" SET "attempts_before_retry" = "attempt" - "failure_count"`);
    const columns = ['failure_count', 'crash_count', 'fair_turn', 'retry_at'];
    await queryRunner.query(
      `ALTER TABLE "jobs" ${columns.map((column) => `DROP COLUMN "${column}"`).join(', ')}`,
    );
  }
}
