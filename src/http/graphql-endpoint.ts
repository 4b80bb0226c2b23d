import type { Server } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type Router } from 'express';
import type { GraphQLSchema } from 'graphql';
import type { Config } from '../config.ts';
import type { RequestContext } from '../graphql/context.ts';
import { createErrorFormatter } from '../graphql/format-error.ts';
import { DOCUMENT_LIMITS, documentRules, limitComplexity } from '../graphql/limit-documents.ts';
import { noteOperations } from '../graphql/note-operations.ts';
import type { Logger } from '../logger.ts';
import type { SpaceGuard } from '../storage/free-space.ts';
import { callerOf } from './caller-of.ts';
import { receiveMultipart } from './receive-multipart.ts';
import { notesOf } from './request-notes.ts';

/** Largest GraphQL request that is not an upload. */
const MAX_JSON_BYTES = 1_000_000;

/** GraphQL over HTTP; `stop` ends it together with the HTTP server that it was given. */
export interface GraphqlEndpoint {
  handler: Router;
  stop(): Promise<void>;
}

/** Starts Apollo Server over `schema`, with Apollo Sandbox and introspection outside production. */
export async function createGraphqlEndpoint(deps: {
  config: Config;
  schema: GraphQLSchema;
  httpServer: Server;
  space: SpaceGuard;
  logger: Logger;
}): Promise<GraphqlEndpoint> {
  const { config, schema, httpServer, space, logger } = deps;
  const production = config.NODE_ENV === 'production';
  const apollo = new ApolloServer<RequestContext>({
    schema,
    csrfPrevention: true,
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    parseOptions: { maxTokens: DOCUMENT_LIMITS.maxTokens },
    validationRules: [...documentRules],
    formatError: createErrorFormatter(logger),
    stopOnTerminationSignals: false,
    nodeEnv: config.NODE_ENV,
    logger,
    plugins: [
      noteOperations(),
      limitComplexity(schema),
      ...(production ? [ApolloServerPluginLandingPageDisabled()] : []),
      ApolloServerPluginDrainHttpServer({ httpServer, stopGracePeriodMillis: config.SHUTDOWN_GRACE_MS }),
    ],
  });
  await apollo.start();

  const handler = express.Router();
  handler.use(
    receiveMultipart({ maxFileSize: config.MAX_UPLOAD_BYTES, space }),
    express.json({ limit: MAX_JSON_BYTES }),
    expressMiddleware(apollo, {
      context: async ({ req }) => ({ caller: callerOf(req), notes: notesOf(req) }),
    }),
  );
  return { handler, stop: () => apollo.stop() };
}
