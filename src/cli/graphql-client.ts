import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { AppError } from '../errors.ts';

const REQUEST_TIMEOUT_MS = 30_000;

const answerSchema = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ code: z.string() }).partial().optional() }))
    .optional(),
});

/** Speaks GraphQL over HTTP with one service, as any client would. */
export interface GraphqlClient {
  /** Runs an operation and checks the shape of its data. */
  request<T>(query: string, variables: Record<string, unknown>, shape: z.ZodType<T>): Promise<T>;
  /** Runs an operation whose variable `file` is the file at `path` (GraphQL multipart request). */
  upload<T>(query: string, variables: Record<string, unknown>, path: string, shape: z.ZodType<T>): Promise<T>;
}

/** See GraphqlClient. Both methods throw AppError with the service's own message when the operation fails. */
export function createGraphqlClient(baseUrl: string, signal: AbortSignal): GraphqlClient {
  const send = async <T>(init: RequestInit, shape: z.ZodType<T>): Promise<T> => {
    const response = await fetch(`${baseUrl}/graphql`, { method: 'POST', ...init });
    const answer = answerSchema.parse(await response.json());
    const [error] = answer.errors ?? [];
    if (error) {
      const code = error.extensions?.code ?? 'UNKNOWN';
      throw new AppError('INVALID_ARGUMENT', `The service answered ${code}: ${error.message}`);
    }
    return shape.parse(answer.data);
  };

  return {
    request(query, variables, shape) {
      return send(
        {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query, variables }),
          signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
        },
        shape,
      );
    },

    async upload(query, variables, path, shape) {
      const form = new FormData();
      form.set('operations', JSON.stringify({ query, variables: { ...variables, file: null } }));
      form.set('map', JSON.stringify({ file: ['variables.file'] }));
      // Backed by the file: it is read while it is sent.
      form.set('file', await openAsBlob(path), basename(path));
      // The header is what cross-site forms cannot send, so the service asks for it.
      return send({ headers: { 'apollo-require-preflight': 'true' }, body: form, signal }, shape);
    },
  };
}
