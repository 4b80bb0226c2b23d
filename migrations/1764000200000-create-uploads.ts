import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Uploads that no job has consumed yet. */
export class CreateUploads1764000200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "uploads" (
        "upload_id" uuid NOT NULL,
        "owner" text NOT NULL,
        "filename" text NOT NULL,
        "size_bytes" bigint NOT NULL,
        "sha256" text,
        "created_at" timestamptz(3) NOT NULL DEFAULT now(),
        "expires_at" timestamptz(3) NOT NULL,
        CONSTRAINT "uploads_pkey" PRIMARY KEY ("upload_id")
      )`);
    await queryRunner.query(`CREATE INDEX "uploads_owner_idx" ON "uploads" ("owner")`);
    await queryRunner.query(`CREATE INDEX "uploads_expires_at_idx" ON "uploads" ("expires_at")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "uploads"`);
  }
}
