import type { DataSource } from 'typeorm';
import { AppError } from '../errors.ts';
import { decodeJobCursor, encodeJobCursor } from './job-cursor.ts';
import type { JobStatus } from './job.entity.ts';
import { SELECT_JOB, type JobView } from './job-view.ts';

/** Most jobs of one page. */
export const MAX_JOBS_PAGE = 100;
const MAX_TEXT_LENGTH = 200;
/** Jobs that a search looks through in the order of the list before it uses an index of its own. */
const SEARCH_WINDOW = 1000;
/** The beginning of the year 1 in UTC: some clients send it for no time at all. Postgres knows no time long before. */
const EARLIEST_TIME = new Date('0001-01-01T00:00:00Z');

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
  /** @throws AppError INVALID_ARGUMENT for a malformed cursor, a page or a member of the filter outside the limits. */
  list(owner: string, request: JobPageRequest): Promise<JobPage>;
  /** How many jobs the filter leaves. Costs time in proportion to them. @throws AppError INVALID_ARGUMENT like `list`. */
  count(owner: string, filter: JobFilter): Promise<number>;
}

/** See JobLister. A page is found through an index, so it costs the same however many jobs there are. */
export function createJobLister(dataSource: DataSource): JobLister {
  return {
    async list(owner, request) {
      let rows: JobView[] = [];
      for (const { text, values } of buildListQueries(owner, request)) {
        rows = await dataSource.query<JobView[]>(text, values);
        if (rows.length > request.first) break;
      }
      const nodes = rows.slice(0, request.first);
      return {
        edges: nodes.map((node) => ({ cursor: encodeJobCursor(node), node })),
        hasNextPage: rows.length > request.first,
      };
    },

    async count(owner, filter) {
      const { place, search, values } = buildConditions(owner, filter);
      const [row] = await dataSource.query<{ count: number }[]>(
        `SELECT count(*)::int AS count FROM jobs j WHERE ${[...place, ...search].join(' AND ')}`,
        values,
      );
      return row?.count ?? 0;
    },
  };
}

/**
 * The statements behind one page. Each asks for one job more than the page holds, to know whether there is a next.
 *
 * Without words or a tag to search for, there is one, which walks an index in the order of the list. With them, common
 * words are best found by walking that index, and rare ones by their own; Postgres often guesses wrong which they are.
 * So the first statement looks through the next jobs of the list, and only when they do not fill the page does the
 * second search all: then what is searched for is rare.
 */
export function buildListQueries(
  owner: string,
  { filter, orderBy, first, after }: JobPageRequest,
): { text: string; values: unknown[] }[] {
  if (!(first >= 1 && first <= MAX_JOBS_PAGE)) {
    throw new AppError('INVALID_ARGUMENT', `first must be from 1 to ${MAX_JOBS_PAGE}.`, {
      details: { argument: 'first', min: 1, max: MAX_JOBS_PAGE },
    });
  }
  const { place, search, values } = buildConditions(owner, filter);
  const [direction, beyond] = orderBy === 'CREATED_AT_ASC' ? ['ASC', '>'] : ['DESC', '<'];
  if (after !== null) {
    const { createdAt, jobId } = decodeJobCursor(after);
    values.push(createdAt, jobId);
    place.push(`(j.created_at, j.job_id) ${beyond} ($${values.length - 1}, $${values.length})`);
  }
  values.push(first + 1);
  const order = `ORDER BY j.created_at ${direction}, j.job_id ${direction}`;
  const page = `${order} LIMIT $${values.length}`;
  const inPlace = place.join(' AND ');
  if (search.length === 0) {
    return [{ text: `${SELECT_JOB} FROM jobs j WHERE ${inPlace} ${page}`, values }];
  }
  const searched = search.join(' AND ');
  const next = `SELECT * FROM jobs j WHERE ${inPlace} ${order} LIMIT ${SEARCH_WINDOW}`;
  const all = `SELECT * FROM jobs j WHERE ${inPlace} AND ${searched}`;
  return [
    { text: `${SELECT_JOB} FROM (${next}) AS j WHERE ${searched} ${page}`, values },
    // Materialised, so that the limit of the page does not tempt the planner to walk the whole list.
    { text: `WITH found AS MATERIALIZED (${all}) ${SELECT_JOB} FROM found AS j ${page}`, values },
  ];
}

/** Conditions that an index of the list's order serves, and those that are searched for. */
function buildConditions(
  owner: string,
  filter: JobFilter,
): { place: string[]; search: string[]; values: unknown[] } {
  assertText('filter.pipelineId', filter.pipelineId);
  assertText('filter.tag', filter.tag);
  assertTime('filter.createdAfter', filter.createdAfter);
  assertTime('filter.createdBefore', filter.createdBefore);
  const values: unknown[] = [owner];
  const place = ['j.owner = $1'];
  const search: string[] = [];
  const add = (list: string[], value: unknown, condition: (parameter: string) => string) => {
    if (value === null || value === undefined) return;
    values.push(value);
    list.push(condition(`$${values.length}`));
  };
  add(place, filter.status, (parameter) => `j.status = ${parameter}`);
  add(place, filter.pipelineId, (parameter) => `j.pipeline_id = ${parameter}`);
  add(place, filter.createdAfter, (parameter) => `j.created_at > ${parameter}`);
  add(place, filter.createdBefore, (parameter) => `j.created_at < ${parameter}`);
  add(search, filter.tag, (parameter) => `j.tags @> ARRAY[${parameter}]::text[]`);
  const words = filter.text === null || filter.text === undefined ? null : toSearchQuery(filter.text);
  // The expression of jobs_search_idx.
  const names = `to_tsvector('simple', regexp_replace(j.original_filename, '[^[:alnum:]]+', ' ', 'g'))`;
  add(search, words, (parameter) => `${names} @@ ${parameter}::tsquery`);
  return { place, search, values };
}

/** Postgres has no text with the character NUL. */
function assertText(argument: string, text: string | null | undefined): void {
  if (!text?.includes('\0')) return;
  throw new AppError('INVALID_ARGUMENT', `${argument} must not hold the character NUL.`, {
    details: { argument },
  });
}

function assertTime(argument: string, time: Date | null | undefined): void {
  // Written so that an invalid date is refused too.
  if (!time || time >= EARLIEST_TIME) return;
  throw new AppError('INVALID_ARGUMENT', `${argument} must be a time of the year 1 or later.`, {
    details: { argument },
  });
}

/**
 * `Kitchen cam` becomes `'kitchen' & 'cam':*`: words of letters and digits alone need no escaping. The last word is open
 * at its end, because somebody may still be typing it.
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
