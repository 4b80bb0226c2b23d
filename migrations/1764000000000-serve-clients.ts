import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What clients need of a job: owner, stage, revision, priority, tags, idempotency, and indexes for their lists. */
export class ServeClients1764000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TYPE "job_stage_enum" AS ENUM ('queued', 'probing', 'analysing', 'storing', 'settled')`,
    );
    await queryRunner.query(`
      ALTER TABLE "jobs"
        ADD COLUMN "owner" text NOT NULL DEFAULT 'local',
        ADD COLUMN "stage" "job_stage_enum" NOT NULL DEFAULT 'queued',
        ADD COLUMN "revision" integer NOT NULL DEFAULT 1,
        ADD COLUMN "attempts_before_retry" integer NOT NULL DEFAULT 0,
        ADD COLUMN "priority" smallint NOT NULL DEFAULT 0,
        ADD COLUMN "tags" text[] NOT NULL DEFAULT '{}',
        ADD COLUMN "idempotency_key" text,
        ADD COLUMN "request_fingerprint" text,
        ADD COLUMN "queued_at" timestamptz(3) NOT NULL DEFAULT now()`);
    await queryRunner.query(`
      UPDATE "jobs" SET "queued_at" = "created_at", "stage" = CASE "status"
        WHEN 'pending' THEN 'queued'::job_stage_enum
        WHEN 'running' THEN 'analysing'::job_stage_enum
        ELSE 'settled'::job_stage_enum END`);
    await queryRunner.query(`DROP INDEX "jobs_created_at_idx"`);
    const indexes = [
      `INDEX "jobs_owner_idx" ON "jobs" ("owner", "created_at", "job_id")`,
      `INDEX "jobs_owner_status_idx" ON "jobs" ("owner", "status", "created_at", "job_id")`,
      `INDEX "jobs_queue_idx" ON "jobs" ("priority", "queued_at", "job_id") WHERE "status" = 'pending'`,
      `INDEX "jobs_finished_idx" ON "jobs" ("finished_at") WHERE "status" = 'completed'`,
      `INDEX "jobs_tags_idx" ON "jobs" USING gin ("tags")`,
      // Every run of letters and digits of the file name is a word: find-jobs.ts searches with the same expression.
      `INDEX "jobs_search_idx" ON "jobs" USING gin (to_tsvector('simple', regexp_replace("original_filename", '[^[:alnum:]]+', ' ', 'g')))`,
      `UNIQUE INDEX "jobs_idempotency_idx" ON "jobs" ("owner", "idempotency_key") WHERE "idempotency_key" IS NOT NULL`,
    ];
    for (const index of indexes) await queryRunner.query(`CREATE ${index}`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const columns = ['owner', 'stage', 'revision', 'attempts_before_retry', 'priority', 'tags'];
    const more = ['idempotency_key', 'request_fingerprint', 'queued_at'];
    // Their indexes go with them.
    const drops = [...columns, ...more].map((column) => `DROP COLUMN "${column}"`);
    await queryRunner.query(`DROP INDEX "jobs_finished_idx", "jobs_search_idx"`);
    await queryRunner.query(`ALTER TABLE "jobs" ${drops.join(', ')}`);
    await queryRunner.query(`CREATE INDEX "jobs_created_at_idx" ON "jobs" ("created_at", "job_id")`);
    await queryRunner.query(`DROP TYPE "job_stage_enum"`);
  }
}
