import { hostname } from 'node:os';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';
import { createSampler } from './samplers.ts';
import { reportOutages } from './report-outages.ts';
import type { TracedProcess, Tracing, TracingConfig } from './start-tracing.ts';

/** Longest text of an attribute, in characters: a client chooses what some of them say. */
const LONGEST_VALUE = 256;

/**
 * Makes the spans of this process go to the collector at `url`. Headers, certificates, compression and the time limit of
 * a request are read from OTEL_EXPORTER_OTLP_* by the exporter, more facts of the process from OTEL_SERVICE_NAME and
 * OTEL_RESOURCE_ATTRIBUTES.
 */
export function exportSpans(deps: {
  config: TracingConfig;
  url: string;
  traced: TracedProcess;
  logger: Logger;
}): Tracing {
  const { config, url, traced, logger } = deps;
  const Exporter = config.OTEL_EXPORTER_OTLP_PROTOCOL === 'http/json' ? JsonExporter : ProtobufExporter;
  const exporter = reportOutages(new Exporter({ url }), logger);
  // Each failed batch was told of already.
  setGlobalErrorHandler((error) => logger.debug({ err: error }, 'tracing failed'));
  const described = resourceFromAttributes({
    'service.name': `foregsyte-${traced.role}`,
    'service.version': traced.version,
    'host.name': hostname(),
    'process.pid': process.pid,
  });
  const provider = new TracerProvider({
    resource: described.merge(detectResources({ detectors: [envDetector] })),
    sampler: createSampler(config.OTEL_TRACES_SAMPLER, config.OTEL_TRACES_SAMPLER_ARG),
    spanLimits: { attributeValueLengthLimit: LONGEST_VALUE },
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return {
    async close() {
      for (const global of [trace, propagation, context]) global.disable();
      // That spans were lost was told when they were.
      await provider.shutdown().catch(() => {});
    },
  };
}
