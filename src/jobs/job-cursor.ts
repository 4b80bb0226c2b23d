import { z } from 'zod';
import { AppError } from '../errors.ts';

/** The last millisecond that a Date can hold. */
const LATEST_TIME = 8_640_000_000_000_000;
const cursorSchema = z.tuple([z.int().min(0).max(LATEST_TIME), z.uuid()]);

/** The opaque cursor of a job: its place in a list by creation time and id. */
export function encodeJobCursor(job: { createdAt: Date; jobId: string }): string {
  return Buffer.from(JSON.stringify([job.createdAt.getTime(), job.jobId])).toString('base64url');
}

/** The place behind a cursor. @throws AppError INVALID_ARGUMENT for a text that is no cursor. */
export function decodeJobCursor(cursor: string): { createdAt: Date; jobId: string } {
  try {
    const text = Buffer.from(cursor, 'base64url').toString();
    const [time, jobId] = cursorSchema.parse(JSON.parse(text));
    return { createdAt: new Date(time), jobId };
  } catch (cause) {
    throw new AppError('INVALID_ARGUMENT', 'after must be a cursor that this list returned.', {
      cause,
      details: { argument: 'after' },
    });
  }
}
