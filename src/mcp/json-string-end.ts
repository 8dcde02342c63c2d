const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Bytes that the loop reads before it asks whether the native search pays. */
const WINDOW = 64;

/** The string goes on in the next chunk. */
export const STRING_OPEN = -1;
/** The string goes on in the next chunk, whose first byte is escaped by a backslash at the end of this one. */
export const STRING_OPEN_ESCAPED = -2;

/**
 * Index of the quote that ends a JSON string, looking from `from` (inside the
 * string, not right after a backslash) up to `end`; {@link STRING_OPEN} or
 * {@link STRING_OPEN_ESCAPED} if it is not there.
 */
export function findStringEnd(chunk: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const windowEnd = Math.min(end, at + WINDOW);
    let escapes = false;
    while (at < windowEnd) {
      const byte = chunk[at];
      if (byte === QUOTE) return at;
      if (byte === BACKSLASH) {
        escapes = true;
        at += 2;
      } else at++;
    }
    // Text full of escapes (JSON inside JSON) stays with the loop: each quote would stop the native search.
    if (!escapes && at < end) at = skipPlainText(chunk, at, end);
  }
  return at > end ? STRING_OPEN_ESCAPED : STRING_OPEN;
}

/** Index at or before the next quote, or the end, that is not in the middle of an escape sequence. */
function skipPlainText(chunk: Buffer, from: number, end: number): number {
  const quote = chunk.indexOf(QUOTE, from);
  const stop = quote === -1 || quote > end ? end : quote;
  let backslash = stop;
  while (backslash > from && chunk[backslash - 1] === BACKSLASH) backslash--;
  // After an odd number of backslashes the byte at `stop` is escaped: step back to the last of them.
  return (stop - backslash) % 2 === 0 ? stop : stop - 1;
}
