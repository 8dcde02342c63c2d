import { ExportResultCode } from '@opentelemetry/core';
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import type { ExportLog } from './export-log.ts';
import type { SpanBook } from './span-book.ts';

/** Sends spans to a collector. */
export type SpanExporter = NodeSDKConfiguration['traceExporter'];

/** An exporter that enters in the book what becomes of the spans, and says what goes wrong. */
export function countedExporter(exporter: SpanExporter, book: SpanBook, exportLog: ExportLog): SpanExporter {
  return {
    export: (spans, done) => {
      book.sent(spans.length);
      exporter.export(spans, (result) => {
        const taken = result.code === ExportResultCode.SUCCESS;
        book.settled(spans.length, taken);
        if (taken) exportLog.recovered();
        else
          exportLog.trouble(
            `want ${spans.length} spans exported, got ${result.error?.message ?? 'a failure'}`,
          );
        done(result);
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}
