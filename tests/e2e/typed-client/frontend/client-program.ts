/**
 * What a frontend team would write. It is compiled in a temporary folder, beside `gql/`, which the client preset makes
 * there from schema.graphql and from the documents below: node client-program.js <url> <video>
 */
import { openAsBlob } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { graphql } from './gql/gql.ts';
import type { ErrorCode, FrameFilter, TypedDocumentString } from './gql/graphql.ts';

const Submit = graphql(`
  mutation Submit($file: Upload!, $tags: [String!], $options: AnalysisOptionsInput) {
    submitVideo(file: $file, tags: $tags, options: $options) {
      id
      tags
    }
  }
`);
const Status = graphql(`
  query Status($jobId: ID!) {
    status(jobId: $jobId) {
      status
      errorCode
      pollAfterMs
    }
  }
`);
const Frames = graphql(`
  query Frames($jobId: ID!, $filter: FrameFilter, $after: String) {
    results(jobId: $jobId) {
      media {
        durationMs
      }
      frames(first: 1, filter: $filter, after: $after) {
        nodes {
          timestampMs
          detections {
            label
            box {
              x
              width
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);
const Cancel = graphql(`
  mutation Cancel($jobId: ID!) {
    cancelJob(jobId: $jobId) {
      status
      finishedAt
    }
  }
`);

interface Answer<TResult> {
  data?: TResult | null;
  errors?: { message: string; extensions: { code: ErrorCode } }[];
}

const [url = '', video = ''] = process.argv.slice(2);

async function send<TResult>(body: string | FormData): Promise<Answer<TResult>> {
  const headers = {
    'apollo-require-preflight': 'true',
    ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
  };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  const answer: Answer<TResult> = await response.json();
  return answer;
}

async function request<TResult, TVariables>(
  document: TypedDocumentString<TResult, TVariables>,
  variables: TVariables,
): Promise<TResult> {
  const { data, errors } = await send<TResult>(JSON.stringify({ query: document, variables }));
  if (data) return data;
  throw new Error(errors?.[0]?.extensions.code ?? 'no answer');
}

async function submit(tag: string): Promise<{ id: string; tags: string[] }> {
  const form = new FormData();
  const variables = { file: null, tags: [tag], options: { samplesPerSecond: 2 } };
  form.set('operations', JSON.stringify({ query: Submit, variables }));
  form.set('map', JSON.stringify({ file: ['variables.file'] }));
  form.set('file', await openAsBlob(video), 'video.mp4');
  const { data } = await send<ReturnType<NonNullable<(typeof Submit)['__apiType']>>>(form);
  if (!data) throw new Error('not submitted');
  return data.submitVideo;
}

const job = await submit('first');
for (;;) {
  const { status } = await request(Status, { jobId: job.id });
  if (status.pollAfterMs === null) {
    if (status.status !== 'COMPLETED') throw new Error(status.errorCode ?? status.status);
    break;
  }
  await delay(status.pollAfterMs);
}

const filter: FrameFilter = { labels: ['person'], fromMs: 500 };
const timestamps: number[] = [];
const labels = new Set<string>();
let pages = 0;
let after: string | null = null;
do {
  const page: ReturnType<NonNullable<(typeof Frames)['__apiType']>> = await request(Frames, {
    jobId: job.id,
    filter,
    after,
  });
  const { nodes, pageInfo } = page.results.frames;
  pages += 1;
  timestamps.push(...nodes.map(({ timestampMs }) => timestampMs));
  for (const { label } of nodes.flatMap(({ detections }) => detections)) labels.add(label);
  after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
} while (after !== null);

const second = await submit('second');
const { cancelJob } = await request(Cancel, { jobId: second.id });
const again = await request(Cancel, { jobId: second.id }).then(
  () => 'canceled twice',
  (error: unknown) => (error instanceof Error ? error.message : 'unknown'),
);
console.log(
  JSON.stringify({
    tags: job.tags,
    timestamps,
    labels: [...labels],
    pages,
    canceled: cancelJob.status,
    again,
  }),
);
