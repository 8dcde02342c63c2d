import { documentContradictions } from './document-contradictions.ts';
import { documentTables } from './document-tables.ts';

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const cell = (value: unknown): string =>
  typeof value === 'string' ? value.replaceAll('|', '\\|') : value === undefined ? '' : JSON.stringify(value);

/** `{ from: 1, to: { max: 2 } }` → `[['from', 1], ['to.max', 2]]`. */
function flat(value: Readonly<Record<string, unknown>>, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]): [string, unknown][] =>
    isMapping(inner) ? flat(inner, `${prefix}${key}.`) : [[`${prefix}${key}`, inner]],
  );
}

function rowsTable(rows: readonly unknown[]): string {
  const flatRows = rows.map((row) => new Map(isMapping(row) ? flat(row) : []));
  const columns = [...new Set(flatRows.flatMap((row) => [...row.keys()]))];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map((name) => `\`${name}\``)),
    line(columns.map(() => '---')),
    ...flatRows.map((row) => line(columns.map((name) => cell(row.get(name))))),
  ].join('\n');
}

/** A table of the document: its single figures, then its rows. */
function section(name: string, table: unknown): string {
  const { source, ...figures } = isMapping(table) ? table : {};
  const lists = Object.entries(figures).filter(([, value]) => Array.isArray(value));
  const single = flat(figures).filter(([, value]) => !Array.isArray(value));
  const parts = [
    `### \`${name}\``,
    ...(source === undefined ? [] : [`From: ${cell(source)}.`]),
    ...(single.length === 0 ? [] : [rowsTable(single.map(([figure, value]) => ({ figure, value })))]),
    ...lists.flatMap(([, rows]) => (Array.isArray(rows) ? [rowsTable(rows)] : [])),
  ];
  return parts.join('\n\n');
}

/** Renders docs/baselines.md: every table, what contradicts itself in them, and how an expectation is made. */
export function renderBaselineDocs(): string {
  const { tools, ...tables } = documentTables;
  const sections = [
    ...Object.entries(tables).map(([name, table]) => section(name, table)),
    ...Object.entries(tools).map(([name, tool]) => section(`tools.${name}`, tool)),
  ];
  const contradictions = documentContradictions.map(
    ({ what, figures, used }) => `| ${cell(what)} | ${cell(figures)} | ${cell(used)} |`,
  );
  return `<!-- Generated from src/baselines by \`npm run generate\`. Do not edit. -->

# Baselines

What a healthy MCP server does, by the benchmark document that mcp-vitals implements, and what a server of another set-up should do.

## Your own figures

\`mcp-vitals baseline print\` writes every table below as YAML. A file with any part of it, named by \`baseline.file\` (\`--baseline FILE\`), replaces that part: a table as a whole; of \`environment\`, \`results\` and \`tools\` each figure and each tool by itself.

\`\`\`yaml
# baseline.yaml
results: { throughputPerSecond: 310, p50Ms: 20, p95Ms: 60, p99Ms: 140, p999Ms: 400 }
tools:
  search_orders: { p95Ms: 90, p99Ms: 200 }
\`\`\`

Unknown keys and impossible values (P50 above P99, a negative figure, an empty table) are refused with one line each; \`mcp-vitals check\` shows them all.

## What to expect of a set-up

The section \`server:\` of the configuration states how the server is set up. \`mcp-vitals baseline expect\` shows what follows, figure by figure with the tables it came from, and the sidecar holds the server against it. It is an estimate, and its assumptions are these:

- Each table was measured with everything else at the standard configuration. A figure is the standard's, multiplied for each table by its row's value over its standard row's.
- Losses multiply. Of several gains in throughput or latency the greatest alone counts: two cures of one bottleneck cannot be added.
- Between two rows a value is read off straight; beyond the last row the last row holds, and the output says so.
- The table of workers was measured on 4 vCPUs. What counts for throughput, latency and CPU are workers by vCPU, for memory their number.
- Workers that are not stated are one for each vCPU; vCPUs that are not stated are those of the tier.
- All percentiles of the latency, and those of the tools, move with P99: the document has no other for a set-up.
- Figures of \`results\` and \`tools\` in a file of your own are taken as measured on this very server and never moved.

## Tiers

\`server.tier\` makes the limits of a tier series (\`mcp_tier_limit{resource}\`), for one instance. The limit of requests is the tier's expected throughput; the demand that its heading names is used for the tier that fits. A tier with several instances is divided by \`server.instances\`, or by the fewest that it has.

## Contradictions

The tables keep every figure as it stands in the document. Where two cannot both hold:

| what | figures | used |
| --- | --- | --- |
${contradictions.join('\n')}

## Tables

Latencies are in milliseconds, shares from 0 to 1, memory in GiB.

${sections.join('\n\n')}
`;
}
