import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';

const HIGHEST_PORT = 65_535;

/** Where the processes of one machine serve their metrics; null when they do not, 0 for any free port. */
export interface MetricsPorts {
  api: number | null;
  worker: number | null;
}

/**
 * The API takes METRICS_PORT, and its worker the one above.
 * @throws AppError INVALID_CONFIGURATION when there is none above.
 */
export function metricsPorts({ METRICS_PORT: port }: Pick<Config, 'METRICS_PORT'>): MetricsPorts {
  if (port === undefined) return { api: null, worker: null };
  if (port === 0) return { api: 0, worker: 0 };
  if (port < HIGHEST_PORT) return { api: port, worker: port + 1 };
  throw new AppError(
    'INVALID_CONFIGURATION',
    `METRICS_PORT must be below ${HIGHEST_PORT} here, because the worker takes the port above that of the API.`,
  );
}
