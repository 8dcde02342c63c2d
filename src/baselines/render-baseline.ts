import { stringify } from 'yaml';
import type { BaselineTables } from './baseline-schema.ts';

/** Writes tables as YAML that `baseline.file` reads again. */
export function renderBaseline(tables: BaselineTables): string {
  return `# The figures of the benchmark document, table by table. A file with any part of them can be named by
# the setting baseline.file: a table given replaces the one here, a tool or a single result its own.
# Latencies in milliseconds, shares from 0 to 1, memory in GiB.
${stringify(tables, { lineWidth: 100, singleQuote: true })}`;
}
