import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { withTimeLimit } from '../time-limit.ts';

/** Sends the spans of this process to the operator's collector until it is closed. */
export interface Tracing {
  /** Sends what is left, for at most a second. */
  close(): Promise<void>;
}

/** What tracing needs of the configuration. */
export type TracingConfig = Pick<
  Config,
  | 'OTEL_EXPORTER_OTLP_ENDPOINT'
  | 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
  | 'OTEL_EXPORTER_OTLP_PROTOCOL'
  | 'OTEL_TRACES_SAMPLER'
  | 'OTEL_TRACES_SAMPLER_ARG'
>;

/** What the spans say of the process that they come from. */
export interface TracedProcess {
  role: 'api' | 'worker';
  version: string;
}

const FLUSH_MS = 1_000;

/**
 * Begins to trace when a collector is configured; otherwise spans are recorded nowhere, and most of OpenTelemetry is not
 * even loaded. A collector that cannot be reached is told in the log, and costs nothing but its spans. `onStuck` is called
 * after closing when a request to it still runs, which would keep the process for some seconds.
 */
export async function startTracing(deps: {
  config: TracingConfig;
  traced: TracedProcess;
  logger: Logger;
  onStuck: () => void;
}): Promise<Tracing> {
  const { config, traced, logger, onStuck } = deps;
  const url = tracesUrl(config);
  if (url === null) return { close: async () => {} };
  const { exportSpans } = await import('./export-spans.ts');
  const exporting = exportSpans({ config, url, traced, logger });
  return {
    async close() {
      try {
        await withTimeLimit(exporting.close(), FLUSH_MS, () => new Error('No answer in time.'));
      } catch {
        logger.warn('the collector does not answer; the last spans are lost');
        onStuck();
      }
    },
  };
}

/** The address of the variable for traces is taken as it is, that for all signals is a base, as OpenTelemetry has it. */
function tracesUrl(config: TracingConfig): string | null {
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: exact, OTEL_EXPORTER_OTLP_ENDPOINT: base } = config;
  if (exact !== undefined) return exact;
  return base === undefined ? null : `${base.replace(/\/+$/, '')}/v1/traces`;
}
