import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { LocalFile } from '../../dist/src/cli/client/multipart-request.js';
import { createServiceClient } from '../../dist/src/cli/client/service-client.js';
import { isUnreachable } from '../../dist/src/cli/client/service-failures.js';
import { CommandFailure } from '../../dist/src/cli/command-failure.js';
import { SubmitVideoDocument, TypedDocumentString } from '../../dist/src/cli/generated/graphql.js';
import type { RequestLog } from './request-log.ts';
import type { Submission } from './submissions.ts';

const standingSchema = z.object({
  id: z.string(),
  status: z.string(),
  revision: z.number(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  pollAfterMs: z.number().nullable(),
});

/** How a job stands, as the service says it. */
export type Standing = z.infer<typeof standingSchema>;

/** A request that failed, by the code of the product, or `connection` when there was no answer. */
export interface Refusal {
  code: string;
  message: string;
}

/** What a request came to. */
export type Answer<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

/** The requests of one owner, each of them timed and counted. `expected` codes are no failures. */
export interface SoakClient {
  owner: string;
  submit(submission: Submission): Promise<Answer<string>>;
  status(jobId: string, expected?: readonly string[]): Promise<Answer<Standing>>;
  statuses(jobIds: readonly string[]): Promise<Answer<(Standing | null)[]>>;
  list(first: number): Promise<Answer<Standing[]>>;
  /** The number of frames, by the first page of the results. */
  page(jobId: string, expected?: readonly string[]): Promise<Answer<number>>;
  /** The results document, byte for byte. */
  document(jobId: string, expected?: readonly string[]): Promise<Answer<Buffer>>;
  change(
    action: 'cancel' | 'retry' | 'delete',
    jobId: string,
    expected: readonly string[],
  ): Promise<Answer<null>>;
}

const STANDING = 'id status revision errorCode errorMessage pollAfterMs';
const operation = <T extends Readonly<Record<string, unknown>>>(text: string) =>
  new TypedDocumentString<unknown, T>(text);
const STATUS = operation<{ id: string }>(`query($id: ID!) { status(jobId: $id) { ${STANDING} } }`);
const STATUSES = operation<{ ids: readonly string[] }>(
  `query($ids: [ID!]!) { statuses(jobIds: $ids) { ${STANDING} } }`,
);
const LIST = operation<{ first: number }>(
  `query($first: Int!) { jobs(first: $first) { nodes { ${STANDING} } } }`,
);
const PAGE = operation<{ id: string }>(
  'query($id: ID!) { results(jobId: $id) { frames(first: 5) { totalCount nodes { timestampMs detections { label } texts { text } } } } }',
);
const CHANGES = {
  cancel: operation<{ id: string }>('mutation($id: ID!) { cancelJob(jobId: $id) { id } }'),
  retry: operation<{ id: string }>('mutation($id: ID!) { retryJob(jobId: $id) { id } }'),
  delete: operation<{ id: string }>('mutation($id: ID!) { deleteJob(jobId: $id) }'),
} as const;

const statusSchema = z.object({ status: standingSchema });
const statusesSchema = z.object({ statuses: z.array(standingSchema.nullable()) });
const listSchema = z.object({ jobs: z.object({ nodes: z.array(standingSchema) }) });
const pageSchema = z.object({ results: z.object({ frames: z.object({ totalCount: z.number() }) }) });

export function createSoakClient(options: {
  owner: string;
  url: string;
  key: string;
  requests: RequestLog;
  signal: AbortSignal;
}): SoakClient {
  const { owner, url, key, requests, signal } = options;
  const service = createServiceClient({ url, key, signal });

  const measure = async <T>(
    kind: string,
    work: () => Promise<T>,
    expected: readonly string[] = [],
  ): Promise<Answer<T>> => {
    const from = Date.now();
    try {
      const value = await work();
      requests.note(kind, { from, until: Date.now(), outcome: 'ok' });
      return { ok: true, value };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CommandFailure)) throw error;
      const code = isUnreachable(error) ? 'connection' : (error.shownCode ?? 'UNKNOWN');
      const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
      const refusal = { code, message: `${error.message}${cause}` };
      const isExpected = expected.includes(code);
      requests.note(kind, {
        from,
        until: Date.now(),
        outcome: code,
        message: refusal.message,
        expected: isExpected,
      });
      return { ok: false, refusal };
    }
  };

  return {
    owner,
    submit: ({ tag, variant, priority, idempotencyKey }) =>
      measure('submitVideo', async () => {
        const { submitVideo } = await service.request(SubmitVideoDocument, {
          file: new LocalFile(variant.path),
          options: { samplesPerSecond: variant.samplesPerSecond },
          priority,
          tags: [tag],
          idempotencyKey,
        });
        return submitVideo.id;
      }),
    status: (id, expected) =>
      measure(
        'status',
        async () => statusSchema.parse(await service.request(STATUS, { id })).status,
        expected,
      ),
    statuses: (ids) =>
      measure(
        'statuses',
        async () => statusesSchema.parse(await service.request(STATUSES, { ids })).statuses,
      ),
    list: (first) =>
      measure('jobs', async () => listSchema.parse(await service.request(LIST, { first })).jobs.nodes),
    page: (id, expected) =>
      measure(
        'results',
        async () => pageSchema.parse(await service.request(PAGE, { id })).results.frames.totalCount,
        expected,
      ),
    document: (id, expected) =>
      measure(
        'document.json',
        async () => buffer(await service.download(`/results/${id}/document.json`)),
        expected,
      ),
    change: (action, id, expected) =>
      measure(
        `${action}Job`,
        async () => {
          await service.request(CHANGES[action], { id });
          return null;
        },
        expected,
      ),
  };
}
