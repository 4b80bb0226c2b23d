import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The jobs table and its status type. */
export class CreateJobs1763900000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TYPE "job_status_enum" AS ENUM ('pending', 'running', 'completed', 'failed', 'canceled')`,
    );
    await queryRunner.query(`
      CREATE TABLE "jobs" (
        "job_id" uuid NOT NULL,
        "status" "job_status_enum" NOT NULL DEFAULT 'pending',
        "pipeline_id" text NOT NULL,
        "options" jsonb NOT NULL,
        "input_path" text NOT NULL,
        "output_path" text,
        "original_filename" text NOT NULL,
        "size_bytes" bigint NOT NULL,
        "sha256" text NOT NULL,
        "media" jsonb,
        "attempt" integer NOT NULL DEFAULT 0,
        "error_code" text,
        "error_message" text,
        "created_at" timestamptz(3) NOT NULL DEFAULT now(),
        "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
        "started_at" timestamptz(3),
        "finished_at" timestamptz(3),
        CONSTRAINT "jobs_pkey" PRIMARY KEY ("job_id")
      )`);
    await queryRunner.query(`CREATE INDEX "jobs_created_at_idx" ON "jobs" ("created_at", "job_id")`);
    await queryRunner.query(`CREATE INDEX "jobs_status_idx" ON "jobs" ("status")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "jobs"`);
    await queryRunner.query(`DROP TYPE "job_status_enum"`);
  }
}
