import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { startHandServer } from './hand-server.ts';

/** A span as it came over the wire. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty where there is none. */
  readonly parentSpanId: string;
  readonly traceState: string;
  /** As OTLP numbers them: 2 is SERVER. */
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  /** 0 unset, 1 ok, 2 error. */
  readonly status: number;
  readonly statusMessage: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Span ids of the links. */
  readonly links: readonly string[];
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A collector of traces that a test looks into. */
export interface OtlpReceiver {
  /** Origin for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** Headers of the exports, one entry each. */
  readonly exports: readonly IncomingHttpHeaders[];
  /** Bodies as they came, all of them. */
  readonly text: () => string;
  readonly stop: () => Promise<void>;
}

const value = z.object({
  stringValue: z.string().optional(),
  intValue: z.union([z.number(), z.string()]).optional(),
  doubleValue: z.number().optional(),
  boolValue: z.boolean().optional(),
});
const attributes = z
  .array(z.object({ key: z.string(), value }))
  .default([])
  .transform((pairs) =>
    Object.fromEntries(
      pairs.map((pair) => [pair.key, Object.values(pair.value).find((of) => of !== undefined)]),
    ),
  );
const nanos = z.string().transform((text) => Number(BigInt(text) / 1000n) / 1000);
const span = z.object({
  name: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().default(''),
  traceState: z.string().default(''),
  kind: z.number(),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  status: z
    .object({ code: z.number().default(0), message: z.string().default('') })
    .default({ code: 0, message: '' }),
  attributes,
  links: z.array(z.object({ spanId: z.string() })).default([]),
});
/** An export request of OTLP in JSON (opentelemetry-proto, `ExportTraceServiceRequest`). */
const request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(span) })),
    }),
  ),
});

/** The spans of one export request in OTLP's JSON. @throws Error if it is not in that shape. */
export const readExport = (body: string): ReceivedSpan[] =>
  request.parse(JSON.parse(body)).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((one) => ({
        name: one.name,
        traceId: one.traceId,
        spanId: one.spanId,
        parentSpanId: one.parentSpanId,
        traceState: one.traceState,
        kind: one.kind,
        startMs: one.startTimeUnixNano,
        endMs: one.endTimeUnixNano,
        status: one.status.code,
        statusMessage: one.status.message,
        attributes: one.attributes,
        links: one.links.map((link) => link.spanId),
        resource: resource.attributes,
      })),
    ),
  );

/**
 * Starts a collector that takes OTLP/HTTP with JSON.
 * @param answerWith asked for each export: the status to answer with, 200 by default, which takes the spans.
 */
export async function startOtlpReceiver(answerWith: () => number = () => 200): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const exports: IncomingHttpHeaders[] = [];
  let text = '';
  const server = await startHandServer((body, response, { url, headers }) => {
    const status = url === '/v1/traces' ? answerWith() : 404;
    exports.push(headers);
    text += body;
    if (status === 200) spans.push(...readExport(body));
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  return { url: server.url, spans, exports, text: () => text, stop: server.stop };
}

/** Variables that switch traces on, towards a receiver, with little delay. */
export const tracesTo = (
  { url }: { readonly url: string },
  more: Readonly<Record<string, string>> = {},
): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_BSP_SCHEDULE_DELAY: '50',
  ...more,
});
