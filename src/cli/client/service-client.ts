import { z } from 'zod';
import { CommandFailure, EXIT_CODES } from '../command-failure.ts';
import type { TypedDocumentString } from '../generated/graphql.ts';
import { encodeMultipart, type Operation } from './multipart-request.ts';
import { refusalOf, unreachable } from './service-failures.ts';

const REQUEST_TIMEOUT_MS = 30_000;

const answerSchema = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.record(z.string(), z.unknown()).default({}) }))
    .optional(),
});

/** Speaks to one service over HTTP, as any client would. */
export interface ServiceClient {
  /** Base URL of the service, without a slash at its end. */
  url: string;
  /**
   * Runs an operation; its document says what goes in and what comes out. A variable that is a LocalFile makes it a
   * GraphQL multipart request, and the file is read while it is sent.
   * @throws CommandFailure with the service's code and message, or when the service cannot be reached.
   */
  request<TResult, TVariables extends Readonly<Record<string, unknown>>>(
    document: TypedDocumentString<TResult, TVariables>,
    variables: TVariables,
  ): Promise<TResult>;
  /** The bytes under a plain HTTP path, as they come. @throws CommandFailure as `request` does. */
  download(path: string): Promise<AsyncIterable<Uint8Array>>;
}

/** See ServiceClient. What it waits for ends with the signal. */
export function createServiceClient(options: {
  url: string;
  key?: string | undefined;
  signal: AbortSignal;
}): ServiceClient {
  const { url, key, signal } = options;
  const authorization: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };

  const send = async (
    path: string,
    { headers, ...init }: { headers: Record<string, string> } & Omit<RequestInit, 'headers'>,
    // Our own file can be what failed, and not the service.
    failure: () => CommandFailure | null = () => null,
  ) => {
    try {
      return await fetch(`${url}${path}`, {
        // Without these two, fetch keeps all of the body, for a redirect that would send it (and the key) elsewhere.
        redirect: 'error',
        window: null,
        signal,
        ...init,
        headers: { ...headers, ...authorization },
      });
    } catch (error) {
      signal.throwIfAborted();
      throw failure() ?? unreachable(url, error);
    }
  };

  const post = (operation: Operation): Promise<Response> => {
    const multipart = encodeMultipart(operation);
    if (multipart === null) {
      return send('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(operation),
        signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      });
    }
    const { contentType, body, failure } = multipart;
    // The second header is what cross-site forms cannot send, so the service asks for it.
    const headers = { 'content-type': contentType, 'apollo-require-preflight': 'true' };
    return send('/graphql', { method: 'POST', headers, body, duplex: 'half' }, failure);
  };

  return {
    url,

    async request<TResult>(
      document: TypedDocumentString<TResult, never>,
      variables: Readonly<Record<string, unknown>>,
    ): Promise<TResult> {
      const response = await post({ query: document.toString(), variables });
      const answer = answerSchema.safeParse(await readJson(response, url, signal));
      if (!answer.success) throw notForegsyte(url, response);
      const [error] = answer.data.errors ?? [];
      if (error) throw refusalOf(error.message, error.extensions);
      // The service answers by its schema, which the document was checked against when its type was generated.
      const result = z
        .custom<TResult>((data) => typeof data === 'object' && data !== null)
        .safeParse(answer.data.data);
      if (!result.success) throw notForegsyte(url, response);
      return result.data;
    },

    async download(path) {
      const response = await send(path, { headers: {} });
      if (response.ok && response.body) return received(response.body, url, signal);
      const refusal = z
        .looseObject({ detail: z.string(), code: z.string() })
        .safeParse(await readJson(response, url, signal));
      throw refusal.success ? refusalOf(refusal.data.detail, refusal.data) : notForegsyte(url, response);
    },
  };
}

async function* received(
  body: AsyncIterable<Uint8Array>,
  url: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(url, error);
  }
}

async function readJson(response: Response, url: string, signal: AbortSignal): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof SyntaxError ? notForegsyte(url, response) : unreachable(url, error);
  }
}

function notForegsyte(url: string, response: Response): CommandFailure {
  return new CommandFailure(
    EXIT_CODES.unreachable,
    null,
    `What answers at ${url} is no Foregsyte (HTTP ${response.status}). Check --url or FOREGSYTE_URL.`,
  );
}
