import type { MigrationInterface, QueryRunner } from 'typeorm';

/** API keys: who may do what. Of the secret, only a hash is kept. */
export class CreateApiKeys1764000100000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "api_keys" (
        "key_id" text NOT NULL,
        "owner" text NOT NULL,
        "name" text NOT NULL,
        "scopes" text[] NOT NULL,
        "secret_hash" text NOT NULL,
        "created_at" timestamptz(3) NOT NULL DEFAULT now(),
        "revoked_at" timestamptz(3),
        CONSTRAINT "api_keys_pkey" PRIMARY KEY ("key_id")
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "api_keys"`);
  }
}
