import { AsyncResource } from 'node:async_hooks';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';

/** `exporter`, which logs the first of several failures in a row and the success after them, and not each. */
export function reportOutages(exporter: SpanExporter, logger: Logger): SpanExporter {
  let lost = 0;
  // Spans are sent within whatever request ended the first of them, which has nothing to do with it.
  const note = AsyncResource.bind((spans: number, { code, error }: ExportResult): void => {
    if (code === ExportResultCode.SUCCESS) {
      if (lost > 0) logger.info({ lost }, 'spans reach the collector again');
      lost = 0;
      return;
    }
    if (lost === 0) {
      logger.warn({ err: error }, 'spans do not reach the collector; they are lost until it answers again');
    }
    lost += spans;
  });
  return {
    export(spans: ReadableSpan[], done) {
      exporter.export(spans, (result) => {
        note(spans.length, result);
        done(result);
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}
