/** What a series is told by. */
export interface SeriesName {
  readonly name: string;
  /** Without those of an empty value, which count as absent. */
  readonly labels: ReadonlyMap<string, string>;
}

/** A parsed selector of series. */
export interface Selector {
  /** As it was written. */
  readonly text: string;
  /** The only name that it can match; undefined if it can match several. */
  readonly name: string | undefined;
  readonly matches: (series: SeriesName) => boolean;
}

interface Matcher {
  readonly label: string;
  /** The only value that it lets pass, if there is one. */
  readonly equal?: string;
  readonly passes: (value: string) => boolean;
}

const NAME = /[A-Za-z_:][A-Za-z0-9_:]*/y;
const LABEL = /[A-Za-z_][A-Za-z0-9_]*/y;
const OPERATOR = /=~|!~|!=|=/y;
const STRING = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`([^`]*)`/y;
const BLANKS = /\s*/y;
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(.))/g;
const ESCAPED: ReadonlyMap<string, string> = new Map([
  ...['\\', '"', "'"].map((char) => [char, char] as const),
  ...(['a\x07', 'b\b', 'f\f', 'n\n', 'r\r', 't\t', 'v\v'] as const).map(
    (pair) => [pair.charAt(0), pair.charAt(1)] as const,
  ),
]);

/** A reader of one selector's text. */
function createReader(text: string) {
  let at = 0;
  const wrong = (wanted: string, got?: string): Error => {
    const there = at < text.length ? JSON.stringify(text.slice(at, at + 20)) : 'its end';
    return new Error(`selector ${text}: want ${wanted}, got ${got ?? there}`);
  };
  /** What the sticky pattern matches here; moves over it. */
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return undefined;
    at = pattern.lastIndex;
    return match;
  };
  const takeChar = (char: string): boolean => {
    take(BLANKS);
    if (text[at] !== char) return false;
    at += 1;
    return true;
  };
  return { wrong, take, takeChar, atEnd: () => at === text.length };
}

type Reader = ReturnType<typeof createReader>;

function unescaped(reader: Reader, raw: string): string {
  return raw.replaceAll(ESCAPE, (escape, hex: string | undefined, char: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    const meant = ESCAPED.get(char ?? '');
    if (meant === undefined) throw reader.wrong(String.raw`an escape such as \\ or \"`, escape);
    return meant;
  });
}

function readString(reader: Reader): string | undefined {
  const match = reader.take(STRING);
  if (match === undefined) return undefined;
  return match[3] ?? unescaped(reader, match[1] ?? match[2] ?? '');
}

/** A regular expression that must match the whole value. */
function compile(reader: Reader, source: string): RegExp {
  const whole = `^(?:${source})$`;
  try {
    // Alone first, so that a stray parenthesis cannot close the group around it.
    RegExp(source);
    return RegExp(whole, 's');
  } catch (cause) {
    throw new Error(reader.wrong('a regular expression', JSON.stringify(source)).message, { cause });
  }
}

function toMatcher(reader: Reader, label: string, operator: string, value: string): Matcher {
  if (operator === '=') return { label, equal: value, passes: (text) => text === value };
  if (operator === '!=') return { label, passes: (text) => text !== value };
  const pattern = compile(reader, value);
  return operator === '=~'
    ? { label, passes: (text) => pattern.test(text) }
    : { label, passes: (text) => !pattern.test(text) };
}

/** Reads `label="value"`, or a metric's name in quotes. */
function readMatcher(reader: Reader, nameAllowed: boolean): Matcher {
  reader.take(BLANKS);
  const quoted = readString(reader);
  const label = quoted ?? reader.take(LABEL)?.[0];
  if (label === undefined) throw reader.wrong('a label name or }');
  reader.take(BLANKS);
  const operator = reader.take(OPERATOR)?.[0];
  if (operator === undefined) {
    if (quoted === undefined || !nameAllowed) throw reader.wrong(`=, !=, =~ or !~ after ${label}`);
    return toMatcher(reader, '__name__', '=', quoted);
  }
  reader.take(BLANKS);
  const value = readString(reader);
  if (value === undefined) throw reader.wrong(`a value in quotes after ${label}${operator}`);
  return toMatcher(reader, label, operator, value);
}

function readMatchers(reader: Reader, name: string | undefined): Matcher[] {
  const matchers = name === undefined ? [] : [toMatcher(reader, '__name__', '=', name)];
  if (!reader.takeChar('{')) return matchers;
  while (!reader.takeChar('}')) {
    matchers.push(readMatcher(reader, matchers.length === 0));
    if (reader.takeChar(',')) continue;
    if (reader.takeChar('}')) break;
    throw reader.wrong(', or } after a matcher');
  }
  return matchers;
}

/**
 * Parses a selector of series as PromQL writes it: `name{label="value",other=~"expression"}`, with `=`, `!=`, `=~`
 * and `!~`. Expressions are JavaScript's, must match the whole value, and a label that is absent is empty.
 * Source: Prometheus, "Querying basics".
 * @throws Error `selector a{b}: want =, !=, =~ or !~ after b, got "}"`.
 */
export function parseSelector(text: string): Selector {
  const reader = createReader(text);
  reader.take(BLANKS);
  const matchers = readMatchers(reader, reader.take(NAME)?.[0]);
  reader.take(BLANKS);
  if (!reader.atEnd()) throw reader.wrong('a selector such as name{label="value"}');
  if (matchers.every(({ passes }) => passes(''))) {
    throw reader.wrong('a name or a label that may not be empty', 'none');
  }
  return {
    text,
    name: matchers.find(({ label, equal }) => label === '__name__' && equal !== undefined)?.equal,
    matches: ({ name, labels }) =>
      matchers.every(({ label, passes }) => passes(label === '__name__' ? name : (labels.get(label) ?? ''))),
  };
}
