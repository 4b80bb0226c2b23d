import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An id of this database, by which a storage folder knows whose files it holds. */
export class IdentifyDatabase1764100100000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "service_identity" (
        "only_row" boolean NOT NULL DEFAULT true,
        "database_id" uuid NOT NULL DEFAULT gen_random_uuid(),
        CONSTRAINT "service_identity_pkey" PRIMARY KEY ("only_row"),
        CONSTRAINT "service_identity_only_row_check" CHECK ("only_row")
      )`);
    await queryRunner.query(`INSERT INTO "service_identity" DEFAULT VALUES`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "service_identity"`);
  }
}
