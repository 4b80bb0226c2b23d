import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where the trace of the request stands that put a job into the queue: the worker goes on with it. */
export class TraceJobs1795847836427 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "jobs" ADD COLUMN "traceparent" text`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "jobs" DROP COLUMN "traceparent"`);
  }
}
