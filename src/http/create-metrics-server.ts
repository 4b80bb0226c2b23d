import { createServer } from 'node:http';
import express from 'express';
import { isLoopbackHost, type Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Readiness } from '../health/readiness.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics/create-metrics.ts';
import { answerErrors } from './answer-errors.ts';
import type { HttpServer } from './create-http-server.ts';
import { guardOrigin } from './guard-origin.ts';
import { createHealthRoutes } from './health-routes.ts';
import { listen } from './listen.ts';
import { securityHeaders } from './security-headers.ts';

/**
 * Serves `/metrics`, `/healthz` and `/readyz` without keys, on a port of their own that clients need not reach; null when
 * METRICS_PORT is not set. The caller closes it.
 * @throws AppError INVALID_CONFIGURATION when the port cannot be taken.
 */
export async function createMetricsServer(deps: {
  config: Pick<Config, 'METRICS_HOST' | 'METRICS_PORT'>;
  metrics: Pick<Metrics, 'scrape'>;
  readiness: Readiness;
  logger: Logger;
}): Promise<HttpServer | null> {
  const { config, metrics, readiness, logger } = deps;
  const { METRICS_HOST: host, METRICS_PORT: port } = config;
  if (port === undefined) return null;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(securityHeaders({ sandbox: false }));
  app.use(guardOrigin({ allowedOrigins: [], loopbackOnly: isLoopbackHost(host) }));
  app.use(createHealthRoutes(readiness));
  app.get('/metrics', async (_request, response) => {
    const { contentType, text } = await metrics.scrape();
    response.setHeader('Content-Type', contentType);
    response.send(text);
  });
  app.use(() => {
    throw new AppError('NOT_FOUND', 'There are /metrics, /healthz and /readyz under this address.');
  });
  app.use(answerErrors(logger));

  const server = createServer(app);
  const url = await listen(server, {
    host,
    port,
    remedy:
      'Set METRICS_PORT to a free one: each process of a machine needs its own, and the worker of `foregsyte start` ' +
      'takes the one above that of the API.',
  });
  logger.info({ url }, `metrics ready: ${url}/metrics`);
  return {
    url,
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      // Scrapers keep their connections open, and nothing is lost with an answer that is cut.
      server.closeAllConnections();
      await closed.promise;
    },
  };
}
