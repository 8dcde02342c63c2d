import { z } from 'zod';
import { figure, pageVerdict } from './page-verdict.ts';

/** Schema of {@link PageLatency}. */
export const pageLatency = z
  .object({ p50Ms: figure, p95Ms: figure, p99Ms: figure, p999Ms: figure })
  .readonly()
  .meta({ id: 'PageLatency', description: 'Percentiles in milliseconds; null where nothing tells them.' });

/** Percentiles in milliseconds. */
export type PageLatency = z.infer<typeof pageLatency>;

/** Schema of {@link PageErrorKinds}. */
export const pageErrorKinds = z
  .object({
    transport: z.number().describe('The HTTP exchange failed.'),
    rpc: z.number().describe('A JSON-RPC error was the answer.'),
    tool: z.number().describe('A tool answered with `isError`.'),
  })
  .readonly()
  .meta({ id: 'PageErrorKinds', description: 'Failures since the start, by where they happened.' });

/** Failures since the start, by where they happened. */
export type PageErrorKinds = z.infer<typeof pageErrorKinds>;

/** Schema of {@link ToolRow}. */
export const toolRow = z
  .object({
    name: z.string().describe('As the server declared it; `other` stands for names beyond the cap.'),
    key: z
      .string()
      .describe(
        'End of the names of its series: `tool_rate/<key>`, `tool_p50_ms/<key>`, `tool_p95_ms/<key>`, `tool_p99_ms/<key>`, `tool_error_rate/<key>`.',
      ),
    calls: z.number().describe('Since the start.'),
    ratePerSecond: z.number().describe('Over the last minute.'),
    latency: pageLatency.describe('Over the last minute.'),
    baseline: pageLatency,
    isOwnBaseline: z.boolean().describe("False: it is held against the server's."),
    errors: pageErrorKinds,
    errorRatio: figure.describe(
      "Share of its calls of the last minute that failed by the server's fault; null without calls.",
    ),
    verdict: pageVerdict,
    words: z.string(),
  })
  .readonly()
  .meta({ id: 'ToolRow', description: 'One tool, or all of them.' });

/** One tool, or all of them. */
export type ToolRow = z.infer<typeof toolRow>;

/** Schema of {@link ErrorRow}. */
export const errorRow = z
  .object({
    errorType: z.string().describe('Value of the label `error_type`.'),
    fault: z.enum(['client', 'server']),
    count: z.number().describe('Since the start.'),
    lastHour: figure.describe('Of the last hour, or since the start where that is shorter.'),
    share: figure.describe('Of all failures of the last hour, 0 to 1.'),
    documentShare: figure.describe(
      "Of all failures in the document's sustained test; null where it does not name the type.",
    ),
  })
  .readonly()
  .meta({ id: 'ErrorRow', description: 'Failures of one type and fault.' });

/** Failures of one type and fault. */
export type ErrorRow = z.infer<typeof errorRow>;

/** Schema of {@link PageTools}. */
export const pageTools = z
  .object({
    total: toolRow.describe('All tools together.'),
    rows: z.array(toolRow).readonly().describe('By name.'),
    errors: pageErrorKinds.describe('Of all MCP requests, those that call no tool too.'),
    breakdown: z.array(errorRow).readonly().describe('The most frequent of the last hour first.'),
  })
  .readonly()
  .meta({ id: 'PageTools', description: 'The tools and what fails of them.' });

/** The tools and what fails of them. */
export type PageTools = z.infer<typeof pageTools>;
