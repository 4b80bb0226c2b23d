import express, { type Router } from 'express';
import type { Readiness } from '../health/readiness.ts';

/** `/healthz`: the process answers. `/readyz`: it can do its work, or 503 and what fails. They need no key. */
export function createHealthRoutes(readiness: Readiness): Router {
  const router = express.Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const report = await readiness.report();
    response.status(report.status === 'ready' ? 200 : 503).json(report);
  });
  return router;
}
