import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type ErrorRequestHandler } from 'express';
import type { GraphQLSchema } from 'graphql';
import type { Config } from '../config.ts';
import { AppError, toAppError } from '../errors.ts';
import { createErrorFormatter } from '../graphql/format-error.ts';
import type { Logger } from '../logger.ts';
import { receiveMultipart } from './receive-multipart.ts';

/** Largest GraphQL request that is not an upload. */
const MAX_JSON_BYTES = 1_000_000;
/** A connection on which nothing moves for this long is closed. */
const IDLE_MS = 60_000;
/** A whole request may take this long: a large upload over a slow line. */
const REQUEST_MS = 6 * 3_600_000;

/** A listening HTTP server; `close` lets running requests end within the grace period. */
export interface HttpServer {
  /** Base address, for instance `http://127.0.0.1:4000`. */
  url: string;
  close(): Promise<void>;
}

/**
 * Starts the API: GraphQL on `/graphql` (with Apollo Sandbox outside production) and `/healthz`.
 * @throws AppError INVALID_CONFIGURATION when the port cannot be taken.
 */
export async function createHttpServer(deps: {
  config: Config;
  schema: GraphQLSchema;
  logger: Logger;
}): Promise<HttpServer> {
  const { config, schema, logger } = deps;
  const app = express();
  const server = createServer(app);
  server.setTimeout(IDLE_MS);
  server.requestTimeout = REQUEST_MS;

  const apollo = new ApolloServer({
    schema,
    csrfPrevention: true,
    introspection: config.NODE_ENV !== 'production',
    includeStacktraceInErrorResponses: false,
    formatError: createErrorFormatter(logger),
    stopOnTerminationSignals: false,
    nodeEnv: config.NODE_ENV,
    logger,
    plugins: [
      ApolloServerPluginDrainHttpServer({
        httpServer: server,
        stopGracePeriodMillis: config.SHUTDOWN_GRACE_MS,
      }),
    ],
  });
  await apollo.start();

  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.use(
    '/graphql',
    receiveMultipart({ maxFileSize: config.MAX_UPLOAD_BYTES }),
    express.json({ limit: MAX_JSON_BYTES }),
    expressMiddleware(apollo),
  );
  app.use(answerErrors(logger));

  await listen(server, config);
  return {
    url: `http://${hostInUrl(config.HOST)}:${portOf(server)}`,
    // Apollo's drain plugin closes the HTTP server with it.
    close: () => apollo.stop(),
  };
}

/** The last handler: errors outside GraphQL, for instance a body that is no JSON. */
function answerErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    const appError = isClientError(error)
      ? new AppError(
          'INVALID_ARGUMENT',
          'The request cannot be read. Send JSON, or a GraphQL multipart request.',
        )
      : toAppError(error);
    if (appError.httpStatus >= 500) logger.error({ err: error }, 'unexpected error in an HTTP request');
    const extensions = { code: appError.code, retryable: appError.retryable, ...appError.details };
    response.status(appError.httpStatus).json({ errors: [{ message: appError.message, extensions }] });
  };
}

/** Express's parsers and the upload library mark what the client got wrong with a 4xx status. */
function isClientError(error: unknown): boolean {
  if (!(error instanceof Error) || !('status' in error)) return false;
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500;
}

async function listen(server: Server, config: Config): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(config.PORT, config.HOST, resolve);
  try {
    await promise;
  } catch (error) {
    throw new AppError(
      'INVALID_CONFIGURATION',
      `Port ${config.PORT} cannot be taken. Set PORT to a free one.`,
      {
        cause: error,
      },
    );
  } finally {
    server.off('error', reject);
  }
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no TCP address.');
  return address.port;
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
