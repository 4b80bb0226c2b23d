import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { isErrorCode, type ErrorCode } from '../error-codes.ts';
import { DEAD_LETTERS } from '../queue/queue-relation.ts';
import type { RetryJob } from './retry-job.ts';

/** Which dead letters are meant; all that are given must fit. */
export interface DeadLetterFilter {
  owner?: string;
  /** The error that ended the last attempt. */
  errorCode?: ErrorCode;
}

/** A failed job whose attempts are used up. */
export interface DeadLetter {
  jobId: string;
  owner: string;
  errorCode: ErrorCode;
  errorMessage: string;
  failedAt: Date;
}

/** The jobs whose attempts are used up. */
export interface DeadLetters {
  /** The oldest first, at most `limit`. */
  list(filter: DeadLetterFilter, limit: number): Promise<DeadLetter[]>;
  /** Queues those jobs again, with all attempts anew; resolves to the ids of those that were. */
  redrive(filter: DeadLetterFilter, limit: number): Promise<string[]>;
}

const lettersSchema = z.array(
  z.object({
    jobId: z.uuid(),
    owner: z.string(),
    errorCode: z.string().refine(isErrorCode),
    errorMessage: z.string(),
    failedAt: z.date(),
  }),
);

/** See DeadLetters. */
export function createDeadLetters(deps: { dataSource: DataSource; retryJob: RetryJob }): DeadLetters {
  const { dataSource, retryJob } = deps;

  const list: DeadLetters['list'] = async ({ owner, errorCode }, limit) =>
    lettersSchema.parse(
      await dataSource.query(
        `SELECT j.job_id AS "jobId", j.owner, j.error_code AS "errorCode", j.error_message AS "errorMessage",
            j.finished_at AS "failedAt"
          FROM ${DEAD_LETTERS} AS d JOIN jobs AS j ON j.job_id = d.job_id
          WHERE j.status = 'failed' AND ($1::text IS NULL OR j.owner = $1)
            AND ($2::text IS NULL OR j.error_code = $2)
          ORDER BY d.buried_at, j.job_id LIMIT $3`,
        [owner ?? null, errorCode ?? null, limit],
      ),
    );

  return {
    list,
    async redrive(filter, limit) {
      const redriven: string[] = [];
      for (const { owner, jobId } of await list(filter, limit)) {
        try {
          await retryJob(owner, jobId);
          redriven.push(jobId);
        } catch (error) {
          // Somebody else was faster.
          if (!(error instanceof AppError) || !error.code.startsWith('JOB_NOT_')) throw error;
        }
      }
      return redriven;
    },
  };
}
