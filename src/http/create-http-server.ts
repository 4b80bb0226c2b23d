import { createServer } from 'node:http';
import cors from 'cors';
import express, { type Request } from 'express';
import type { GraphQLSchema } from 'graphql';
import type { Config } from '../config.ts';
import type { Readiness } from '../health/readiness.ts';
import type { Logger } from '../logger.ts';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import type { Services } from '../services.ts';
import { answerErrors, answerNotFound } from './answer-errors.ts';
import { authenticate } from './authenticate.ts';
import { createGraphqlEndpoint } from './graphql-endpoint.ts';
import { guardOrigin } from './guard-origin.ts';
import { createHealthRoutes } from './health-routes.ts';
import { identifyRequest, REQUEST_ID_HEADER } from './identify-request.ts';
import { limitRate } from './limit-rate.ts';
import { cutOffAfterAnswer } from './linger.ts';
import { listen } from './listen.ts';
import { observeRequests } from './observe-requests.ts';
import { createResultsRoutes } from './results-routes.ts';
import { securityHeaders } from './security-headers.ts';
import { createUploadRoutes } from './upload-routes.ts';
import { createVideoRoutes } from './video-routes.ts';

/** A connection on which nothing moves for this long is closed. */
const IDLE_MS = 60_000;
/** A whole request may take this long: a large upload over a slow line. */
const REQUEST_MS = 6 * 3_600_000;

/** What a page of an allowed origin may read of an answer, beside its body. */
const EXPOSED_HEADERS = [
  'ETag',
  'Retry-After',
  'Content-Disposition',
  'Content-Range',
  'Accept-Ranges',
  REQUEST_ID_HEADER,
];

/** A listening HTTP server; `close` lets running requests end within the grace period. */
export interface HttpServer {
  /** Base address, for instance `http://127.0.0.1:4000`. */
  url: string;
  close(): Promise<void>;
}

/**
 * Starts the API: GraphQL on `/graphql`, uploads on `/uploads`, plain routes on `/video` and `/results`, `/healthz` and
 * `/readyz`.
 * @throws AppError INVALID_CONFIGURATION when the port cannot be taken.
 */
export async function createHttpServer(deps: {
  config: Config;
  schema: GraphQLSchema;
  services: Services;
  readiness: Readiness;
  requests: RequestMetrics;
  logger: Logger;
}): Promise<HttpServer> {
  const { config, schema, services, readiness, requests, logger } = deps;
  const app = express();
  const httpServer = createServer(app);
  httpServer.setTimeout(IDLE_MS);
  httpServer.requestTimeout = REQUEST_MS;
  const graphql = await createGraphqlEndpoint({ config, schema, httpServer, space: services.space, logger });

  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(identifyRequest);
  app.use(observeRequests(requests));
  app.use(securityHeaders({ sandbox: config.NODE_ENV !== 'production' }));
  if (config.CORS_ORIGINS.length > 0) {
    const forOrigins = { origin: config.CORS_ORIGINS, exposedHeaders: EXPOSED_HEADERS, maxAge: 600 };
    app.use(
      cors<Request>((request, decide) => {
        // An OPTIONS that names no method is no question of a browser's: a tus client asks what the service speaks.
        const isPreflight = request.get('access-control-request-method') !== undefined;
        decide(null, { ...forOrigins, preflightContinue: !isPreflight });
      }),
    );
  }
  app.use(createHealthRoutes(readiness));
  app.use(cutOffAfterAnswer);
  const loopbackOnly = config.AUTHENTICATION === 'off';
  app.use(guardOrigin({ allowedOrigins: config.CORS_ORIGINS, loopbackOnly }));
  // The page itself holds no data, so it needs no key; what is asked for on it does.
  app.get('/graphql', (request, response, next) => {
    if (isForSandbox(request, config)) graphql.handler(request, response, next);
    else next();
  });
  app.use(authenticate({ mode: config.AUTHENTICATION, apiKeys: services.apiKeys }));
  app.use(limitRate({ requestsPerMinute: config.REQUESTS_PER_MINUTE }));
  app.use('/graphql', graphql.handler);
  app.use('/uploads', createUploadRoutes({ ...services, config, logger }));
  app.use('/video', createVideoRoutes({ ...services, config }));
  app.use('/results', createResultsRoutes(services));
  app.use(answerNotFound);
  app.use(answerErrors(logger));

  const { HOST: host, PORT: port } = config;
  const url = await listen(httpServer, { host, port, remedy: 'Set PORT to a free one.' });
  return {
    url,
    // Apollo's drain plugin closes the HTTP server with it.
    close: () => graphql.stop(),
  };
}

/** Whether a browser opens Apollo Sandbox, which there is outside production. */
function isForSandbox(request: Request, config: Config): boolean {
  return config.NODE_ENV !== 'production' && request.accepts(['json', 'html']) === 'html';
}
