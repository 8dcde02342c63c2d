/** A place in a page of metrics. */
export interface Cursor {
  readonly text: string;
  at: number;
}

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;

/** Bit 1: may start a label name; bit 2: may follow in one; bit 4: may start a metric name; bit 8: may follow in one. */
const NAME_BITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(char)) return 15;
  if (char === ':') return 12;
  return /\d/.test(char) ? 10 : 0;
});

const NUMBER = /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?(?=[ \t\r\n]|$)/iy;
const NOT_FINITE = /([+-]?)(inf(?:inity)?|nan)(?=[ \t\r\n]|$)/iy;

/** What stands at the cursor, for an error: a word of at most 40 characters or the end. */
function found({ text, at }: Cursor): string {
  if (at >= text.length) return 'the end of the page';
  const word = /^[^\s]+|^[ \t]+\S*/.exec(text.slice(at, at + 40))?.[0];
  return word === undefined || word.trim() === '' ? 'the end of the line' : JSON.stringify(word.trim());
}

/** The error `line 12: want a value, got "abc"`; lines count from 1. */
export function wrong(cursor: Cursor, wanted: string, got: string = found(cursor)): Error {
  let line = 1;
  const { text, at } = cursor;
  for (let end = text.indexOf('\n'); end !== -1 && end < at; end = text.indexOf('\n', end + 1)) line += 1;
  return new Error(`line ${line}: want ${wanted}, got ${got}`);
}

/** Moves over spaces and tabs; whether there were any. */
export function skipBlanks(cursor: Cursor): boolean {
  const { text, at: start } = cursor;
  let at = start;
  for (let code = text.charCodeAt(at); code === SPACE || code === TAB; code = text.charCodeAt(at)) at += 1;
  cursor.at = at;
  return at > start;
}

/** Moves over one character if it is there. */
export function skipChar(cursor: Cursor, code: number): boolean {
  if (cursor.text.charCodeAt(cursor.at) !== code) return false;
  cursor.at += 1;
  return true;
}

/** Moves to the next line, whatever is left of this one. */
export function skipLine(cursor: Cursor): void {
  const end = cursor.text.indexOf('\n', cursor.at);
  cursor.at = end === -1 ? cursor.text.length : end + 1;
}

/** Moves over the end of a line, with CR or without, or of the page; whether it was there. */
export function skipLineEnd(cursor: Cursor): boolean {
  const { text } = cursor;
  let { at } = cursor;
  if (text.charCodeAt(at) === RETURN) at += 1;
  if (at < text.length && text.charCodeAt(at) !== NEWLINE) return false;
  cursor.at = Math.min(at + 1, text.length);
  return true;
}

/** Moves over the name of a metric or of a label; whether there was one. */
export function skipName(cursor: Cursor, of: 'metric' | 'label'): boolean {
  const { text } = cursor;
  let { at } = cursor;
  const [start, next] = of === 'metric' ? [4, 8] : [1, 2];
  if (((NAME_BITS[text.charCodeAt(at)] ?? 0) & start) === 0) return false;
  do at += 1;
  while (((NAME_BITS[text.charCodeAt(at)] ?? 0) & next) !== 0);
  cursor.at = at;
  return true;
}

/**
 * Moves over a string in double quotes; whether it has escapes.
 * @throws Error if it does not end on its line.
 */
export function skipString(cursor: Cursor): boolean {
  const { text } = cursor;
  let escapes = false;
  for (let at = cursor.at + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      cursor.at = at + 1;
      return escapes;
    }
    if (code === NEWLINE) break;
    if (code === BACKSLASH && text.charCodeAt(at + 1) !== NEWLINE) {
      escapes = true;
      at += 1;
    }
  }
  throw wrong(cursor, 'a closing quote', 'the end of the line');
}

/** The string between two places, quotes included, read; an unknown escape stands for itself, as with Prometheus. */
export function stringBetween(text: string, start: number, end: number, escapes: boolean): string {
  const raw = text.slice(start + 1, end - 1);
  if (!escapes) return raw;
  return raw.replaceAll(/\\([\\"n])/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

/** Moves over a finite number; whether there was one. */
export function skipNumber(cursor: Cursor): boolean {
  NUMBER.lastIndex = cursor.at;
  if (!NUMBER.test(cursor.text)) return false;
  cursor.at = NUMBER.lastIndex;
  return true;
}

/** Moves over a value, which may be infinite or NaN in any spelling of Go; whether there was one. */
export function skipValue(cursor: Cursor): boolean {
  if (skipNumber(cursor)) return true;
  NOT_FINITE.lastIndex = cursor.at;
  if (!NOT_FINITE.test(cursor.text)) return false;
  cursor.at = NOT_FINITE.lastIndex;
  return true;
}

/** The number that a text means which is known to be a value. */
export function valueOf(text: string): number {
  const value = Number(text);
  if (!Number.isNaN(value) || /nan/i.test(text)) return value;
  return text.startsWith('-') ? -Infinity : Infinity;
}
