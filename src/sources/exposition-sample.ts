import {
  skipBlanks,
  skipChar,
  skipLineEnd,
  skipName,
  skipNumber,
  skipString,
  skipValue,
  stringBetween,
  valueOf,
  wrong,
} from './exposition-cursor.ts';
import type { SeriesName } from '../model/series-selector.ts';
import type { Cursor } from './exposition-cursor.ts';

/** The Prometheus text format or OpenMetrics. */
export type ExpositionFormat = 'text' | 'openmetrics';

/** One series of a page with its value there. */
export interface ExpositionSeries extends SeriesName {
  readonly value: number;
  /** Name and labels as one text, whatever the order of the labels. */
  readonly key: string;
}

const HASH = 35;
const QUOTE = 34;
const COMMA = 44;
const EQUALS = 61;
const OPEN = 123;
const CLOSE = 125;

/** Where what stands in braces is put. */
interface Collected {
  name: string | undefined;
  readonly labels: Map<string, string>;
}

function keyOf(name: string, labels: ReadonlyMap<string, string>): string {
  if (labels.size === 0) return name;
  const pairs = [...labels].map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  if (pairs.length > 1) pairs.sort();
  return `${name}{${pairs.join(',')}}`;
}

function collectLabel(cursor: Cursor, into: Collected, label: string, value: string): void {
  if (into.labels.has(label)) throw wrong(cursor, 'each label once', `${JSON.stringify(label)} again`);
  into.labels.set(label, value);
}

/** Reads a label with its value, or the metric's name in quotes, into `into`; without it, only over it. */
function readLabel(cursor: Cursor, into: Collected | undefined, nameAllowed: boolean): void {
  const { text, at: start } = cursor;
  const isQuoted = text.charCodeAt(start) === QUOTE;
  const escapes = isQuoted && skipString(cursor);
  if (!isQuoted && !skipName(cursor, 'label')) throw wrong(cursor, 'a label name');
  const end = cursor.at;
  const written = (): string =>
    isQuoted ? stringBetween(text, start, end, escapes) : text.slice(start, end);
  skipBlanks(cursor);
  if (!skipChar(cursor, EQUALS)) {
    if (!isQuoted || !nameAllowed || into === undefined || into.name !== undefined || into.labels.size > 0) {
      throw wrong(cursor, '= after a label name');
    }
    into.name = written();
    return;
  }
  skipBlanks(cursor);
  const valueStart = cursor.at;
  if (text.charCodeAt(valueStart) !== QUOTE) throw wrong(cursor, 'a label value in double quotes');
  const valueEscapes = skipString(cursor);
  if (into !== undefined) {
    collectLabel(cursor, into, written(), stringBetween(text, valueStart, cursor.at, valueEscapes));
  }
}

/** Reads what stands in braces, from after the opening one to after the closing one. */
function readBraces(cursor: Cursor, into: Collected | undefined, nameAllowed: boolean): void {
  for (;;) {
    skipBlanks(cursor);
    if (skipChar(cursor, CLOSE)) return;
    readLabel(cursor, into, nameAllowed);
    skipBlanks(cursor);
    if (!skipChar(cursor, COMMA) && cursor.text.charCodeAt(cursor.at) !== CLOSE) {
      throw wrong(cursor, ', or } after a label');
    }
  }
}

/** Reads what may stand after the value: a timestamp, in OpenMetrics an exemplar, and the line's end. */
function readTail(cursor: Cursor, format: ExpositionFormat): void {
  let wanted = 'a timestamp or the end of the line';
  if (skipBlanks(cursor) && skipNumber(cursor)) {
    wanted = 'the end of the line';
    skipBlanks(cursor);
  }
  if (format === 'openmetrics' && skipChar(cursor, HASH)) {
    skipBlanks(cursor);
    if (!skipChar(cursor, OPEN)) throw wrong(cursor, 'the labels of an exemplar');
    readBraces(cursor, undefined, false);
    skipBlanks(cursor);
    if (!skipValue(cursor)) throw wrong(cursor, 'the value of an exemplar');
    wanted = 'the end of the line';
    if (skipBlanks(cursor) && skipNumber(cursor)) skipBlanks(cursor);
  }
  if (!skipLineEnd(cursor)) throw wrong(cursor, wanted);
}

function toSeries(name: string, all: ReadonlyMap<string, string>, value: number): ExpositionSeries {
  const labels = new Map([...all].filter(([, text]) => text !== ''));
  return { name, labels, value, key: keyOf(name, labels) };
}

/**
 * Reads the sample line at the cursor and moves to the next line.
 * @returns undefined if the metric is not wanted.
 * @throws Error `line 12: want a value, got "abc"`.
 */
export function readSample(
  cursor: Cursor,
  format: ExpositionFormat,
  wants: (name: string) => boolean,
): ExpositionSeries | undefined {
  const { text, at: start } = cursor;
  let name = skipName(cursor, 'metric') ? text.slice(start, cursor.at) : undefined;
  const ask = name === undefined || wants(name);
  const into: Collected | undefined = ask ? { name, labels: new Map() } : undefined;
  let blank = skipBlanks(cursor);
  if (skipChar(cursor, OPEN)) {
    readBraces(cursor, into, name === undefined);
    name ??= into?.name;
    if (name === undefined) throw wrong(cursor, 'a metric name in the braces', 'none');
    skipBlanks(cursor);
    blank = true;
  }
  if (name === undefined) throw wrong(cursor, 'a metric name');
  const valueStart = cursor.at;
  if (!blank) throw wrong(cursor, 'a space or { after the metric name');
  if (!skipValue(cursor)) throw wrong(cursor, 'a value');
  const valueEnd = cursor.at;
  readTail(cursor, format);
  if (into === undefined || !wants(name)) return undefined;
  return toSeries(name, into.labels, valueOf(text.slice(valueStart, valueEnd)));
}
