import { skipBlanks, skipLine, skipLineEnd, wrong } from './exposition-cursor.ts';
import type { Cursor } from './exposition-cursor.ts';
import { readSample } from './exposition-sample.ts';
import type { ExpositionFormat, ExpositionSeries } from './exposition-sample.ts';

const HASH = 35;
const END_MARK = /# EOF[ \t]*\r?(?:\n|$)/y;
const PLAIN = /^(?:text\/plain|application\/octet-stream|\*\/\*)$/;

/**
 * The format that a Content-Type announces; undefined if a page of that type is no page of metrics in text.
 * Without one, and for what servers send that do not set it, the format is `text`.
 */
export function expositionFormat(contentType: string | undefined): ExpositionFormat | undefined {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/openmetrics-text') return 'openmetrics';
  return type === '' || PLAIN.test(type) ? 'text' : undefined;
}

/** Whether the comment at the cursor is `# EOF`. */
function isEndMark({ text, at }: Cursor): boolean {
  END_MARK.lastIndex = at;
  return END_MARK.test(text);
}

/** Sees that nothing follows the end mark. */
function readEnd(cursor: Cursor): void {
  skipLine(cursor);
  const rest = /\S/g;
  rest.lastIndex = cursor.at;
  const next = rest.exec(cursor.text);
  if (next === null) return;
  cursor.at = next.index;
  throw wrong(cursor, 'nothing after # EOF');
}

/**
 * Reads a page in the Prometheus text format 0.0.4 or 1.0.0 (quoted UTF-8 names), or in OpenMetrics 1.0.
 *
 * Every sample line is checked; only those whose name is wanted become objects, in the order of the page.
 * Comments, timestamps and exemplars are read over, and of a series that comes twice the last stands. CR before
 * the line's end, tabs, blank lines and a last line without an end are taken as they come from real exporters.
 * OpenMetrics must end with `# EOF`, which tells a whole page from a cut one.
 * @param wants whether the series of a metric name are asked for.
 * @throws Error `line 12: want a value, got "abc"`.
 */
export function parseExposition(
  text: string,
  format: ExpositionFormat,
  wants: (name: string) => boolean,
): readonly ExpositionSeries[] {
  const cursor: Cursor = { text, at: 0 };
  const series = new Map<string, ExpositionSeries>();
  while (cursor.at < text.length) {
    skipBlanks(cursor);
    if (skipLineEnd(cursor)) continue;
    if (text.charCodeAt(cursor.at) === HASH) {
      if (format === 'openmetrics' && isEndMark(cursor)) {
        readEnd(cursor);
        return [...series.values()];
      }
      skipLine(cursor);
      continue;
    }
    const sample = readSample(cursor, format, wants);
    if (sample !== undefined) series.set(sample.key, sample);
  }
  if (format === 'openmetrics') throw wrong(cursor, '# EOF');
  return [...series.values()];
}
