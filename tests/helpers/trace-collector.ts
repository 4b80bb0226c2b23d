import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { listen } from '../../src/http/listen.ts';

const attributesSchema = z
  .array(
    z.object({
      key: z.string(),
      value: z.union([
        z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
        z.object({ intValue: z.coerce.number() }).transform(({ intValue }) => intValue),
        z.object({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
      ]),
    }),
  )
  .transform((pairs) => Object.fromEntries(pairs.map(({ key, value }) => [key, value])));
const requestSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: attributesSchema }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              kind: z.int(),
              attributes: attributesSchema,
              status: z.object({ code: z.int() }),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** A span as a collector gets it: the kinds are 1 internal, 2 server, 4 producer, 5 consumer. */
export type ReceivedSpan = z.infer<
  typeof requestSchema
>['resourceSpans'][number]['scopeSpans'][number]['spans'][number] & {
  resource: Readonly<Record<string, string | number>>;
};

/** The status code of a span that failed. */
export const FAILED = 2;

/** An OpenTelemetry collector that speaks JSON, and keeps what it gets. */
export interface TraceCollector {
  url: string;
  /** What was sent: the path and headers of each request, and its body as text. */
  requests: { path: string; headers: IncomingMessage['headers']; body: string }[];
  /** The spans of all requests that were in JSON. */
  spans(): ReceivedSpan[];
  /** From now on requests are answered so; `hang`: not at all. */
  answer(how: 'ok' | 'refuse' | 'hang'): void;
  close(): Promise<void>;
}

/** Starts a collector; the caller closes it. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const requests: TraceCollector['requests'] = [];
  let how: Parameters<TraceCollector['answer']>[0] = 'ok';
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    requests.push({ path: request.url ?? '', headers: request.headers, body });
    if (how === 'hang') return;
    response.writeHead(how === 'ok' ? 200 : 400, { 'Content-Type': 'application/json' });
    response.end('{}');
  };
  const server = createServer((request, response) => void receive(request, response));
  const url = await listen(server, { host: '127.0.0.1', port: 0, remedy: 'There is none.' });
  return {
    url,
    requests,
    spans: () => requests.flatMap(({ body }) => readSpans(body)),
    answer(next) {
      how = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readSpans(body: string): ReceivedSpan[] {
  const { resourceSpans } = requestSchema.parse(JSON.parse(body));
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, resource: resource.attributes }))),
  );
}
