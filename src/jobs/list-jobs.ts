import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { JobStatus } from './job.entity.ts';
import { SELECT_JOB, type JobView } from './job-view.ts';

/** Most jobs of one page. */
export const MAX_JOBS_PAGE = 100;
const MAX_TEXT_LENGTH = 200;

/** Which jobs to list; what is null or left out does not narrow the list. */
export interface JobFilter {
  status?: JobStatus | null;
  pipelineId?: string | null;
  tag?: string | null;
  createdAfter?: Date | null;
  createdBefore?: Date | null;
  /** Words of the file name, all of which must occur; the last may be the beginning of one. */
  text?: string | null;
}

/** Newest or oldest first, by creation time and then by id. */
export type JobOrder = 'CREATED_AT_DESC' | 'CREATED_AT_ASC';

/** One page of the list. */
export interface JobPageRequest {
  filter: JobFilter;
  orderBy: JobOrder;
  /** 1 to 100. */
  first: number;
  /** Cursor of the job after which the page begins; null for the first page. */
  after: string | null;
}

/** Jobs with their cursors. */
export interface JobPage {
  edges: { cursor: string; node: JobView }[];
  hasNextPage: boolean;
}

/** Lists the jobs of one owner. */
export interface JobLister {
  /** @throws AppError INVALID_ARGUMENT for a malformed cursor or a page outside the limits. */
  list(owner: string, request: JobPageRequest): Promise<JobPage>;
  /** How many jobs the filter leaves. Costs time in proportion to them. */
  count(owner: string, filter: JobFilter): Promise<number>;
}

/** See JobLister. A page is found through an index, so it costs the same however many jobs there are. */
export function createJobLister(dataSource: DataSource): JobLister {
  return {
    async list(owner, request) {
      const { text, values } = buildListQuery(owner, request);
      const rows = await dataSource.query<JobView[]>(text, values);
      const nodes = rows.slice(0, request.first);
      return {
        edges: nodes.map((node) => ({ cursor: encodeCursor(node), node })),
        hasNextPage: rows.length > request.first,
      };
    },

    async count(owner, filter) {
      const { conditions, values } = buildConditions(owner, filter);
      const [row] = await dataSource.query<{ count: number }[]>(
        `SELECT count(*)::int AS count FROM jobs j WHERE ${conditions.join(' AND ')}`,
        values,
      );
      return row?.count ?? 0;
    },
  };
}

/** The statement behind one page, which asks for one job more than the page holds, to know whether there is a next. */
export function buildListQuery(
  owner: string,
  { filter, orderBy, first, after }: JobPageRequest,
): { text: string; values: unknown[] } {
  if (!(first >= 1 && first <= MAX_JOBS_PAGE)) {
    throw new AppError('INVALID_ARGUMENT', `first must be from 1 to ${MAX_JOBS_PAGE}.`, {
      details: { argument: 'first', min: 1, max: MAX_JOBS_PAGE },
    });
  }
  const { conditions, values } = buildConditions(owner, filter);
  const [direction, beyond] = orderBy === 'CREATED_AT_ASC' ? ['ASC', '>'] : ['DESC', '<'];
  if (after !== null) {
    const { createdAt, jobId } = decodeCursor(after);
    values.push(createdAt, jobId);
    conditions.push(`(j.created_at, j.job_id) ${beyond} ($${values.length - 1}, $${values.length})`);
  }
  values.push(first + 1);
  const text = `${SELECT_JOB} FROM jobs j WHERE ${conditions.join(' AND ')}
    ORDER BY j.created_at ${direction}, j.job_id ${direction} LIMIT $${values.length}`;
  return { text, values };
}

function buildConditions(owner: string, filter: JobFilter): { conditions: string[]; values: unknown[] } {
  const values: unknown[] = [owner];
  const conditions = ['j.owner = $1'];
  const add = (value: unknown, condition: (place: string) => string) => {
    if (value === null || value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  add(filter.status, (place) => `j.status = ${place}`);
  add(filter.pipelineId, (place) => `j.pipeline_id = ${place}`);
  add(filter.tag, (place) => `j.tags @> ARRAY[${place}]::text[]`);
  add(filter.createdAfter, (place) => `j.created_at > ${place}`);
  add(filter.createdBefore, (place) => `j.created_at < ${place}`);
  add(
    filter.text === null || filter.text === undefined ? null : toSearchQuery(filter.text),
    // The expression of jobs_search_idx.
    (place) =>
      `to_tsvector('simple', regexp_replace(j.original_filename, '[^[:alnum:]]+', ' ', 'g')) @@ ${place}::tsquery`,
  );
  return { conditions, values };
}

/**
 * `Kitchen cam` becomes `'kitchen' & 'cam':*`: words of letters and digits alone need no escaping. Only the last word is
 * open at its end, as somebody types it; Postgres can tell how common the others are, and so find the cheaper way.
 */
function toSearchQuery(text: string): string {
  const words = text
    .slice(0, MAX_TEXT_LENGTH)
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  if (text.length <= MAX_TEXT_LENGTH && words) return `${words.map((word) => `'${word}'`).join(' & ')}:*`;
  throw new AppError(
    'INVALID_ARGUMENT',
    `filter.text must hold at least one letter or digit and be at most ${MAX_TEXT_LENGTH} characters long.`,
    { details: { argument: 'filter.text', max: MAX_TEXT_LENGTH } },
  );
}

const cursorSchema = z.tuple([z.int(), z.uuid()]);

function encodeCursor(job: JobView): string {
  return Buffer.from(JSON.stringify([job.createdAt.getTime(), job.jobId])).toString('base64url');
}

function decodeCursor(cursor: string): { createdAt: Date; jobId: string } {
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
