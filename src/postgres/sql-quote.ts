/** Letters of words, as SQL has them. */
export const LETTER = 1;
/** Digits, underscore and all beyond ASCII: part of words, but of no verb. */
export const NAME = 2;
/** White space. */
export const SPACE = 3;

/** Class of each byte in SQL: {@link LETTER}, {@link NAME}, {@link SPACE} or, for punctuation, 0. */
export const CLASS_OF = new Uint8Array(256);
CLASS_OF.fill(NAME, 0x80);
CLASS_OF.fill(NAME, 0x30, 0x3a);
CLASS_OF[0x5f] = NAME;
CLASS_OF.fill(LETTER, 0x41, 0x5b);
CLASS_OF.fill(LETTER, 0x61, 0x7b);
for (const space of [0x20, 0x09, 0x0a, 0x0b, 0x0c, 0x0d]) CLASS_OF[space] = SPACE;

const QUOTE = 0x27;
const DOLLAR = 0x24;
const STAR = 0x2a;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** What a stretch of SQL is in which no verb or semicolon can stand; 0 is code, where they can. */
export const LINE_COMMENT = 1;
/** A comment with an end of its own; such comments nest. */
export const BLOCK_COMMENT = 2;
/** `'…'` */
export const STRING = 3;
/** `E'…'`, in which a backslash escapes. */
export const ESCAPE_STRING = 4;
/** `"…"` */
export const QUOTED_NAME = 5;
/** `$…$`, from just behind its first dollar. */
export const DOLLAR_STRING = 6;
const DOLLAR_BODY = 7;

const hashed = (hash: number, byte: number): number => (Math.imul(hash, 31) + byte + 1) | 0;

/** Passes over comments and quoted parts of SQL that comes in chunks; of a dollar quote's tag it keeps a hash. */
export class SqlQuote {
  /** What is being passed over; 0 if nothing is. */
  kind = 0;
  #last = 0;
  #commentDepth = 0;
  #tagHash = 0;
  #candidateHash = 0;
  #hasCandidate = false;

  /** Begins a stretch, just behind the bytes that open it. */
  open(kind: number): void {
    this.kind = kind;
    this.#last = 0;
    this.#commentDepth = 1;
    this.#tagHash = 0;
  }

  /** Passes over bytes up to the end of the stretch or of the range; returns the index behind them. */
  pass(chunk: Uint8Array, from: number, end: number): number {
    switch (this.kind) {
      case LINE_COMMENT:
        return this.#lineComment(chunk, from, end);
      case BLOCK_COMMENT:
        return this.#blockComment(chunk, from, end);
      case STRING:
        return this.#until(QUOTE, chunk, from, end);
      case QUOTED_NAME:
        return this.#until(0x22, chunk, from, end);
      case ESCAPE_STRING:
        return this.#escapeString(chunk, from, end);
      case DOLLAR_STRING:
        return this.#dollarTag(chunk, from, end);
      default:
        return this.#dollarBody(chunk, from, end);
    }
  }

  #lineComment(chunk: Uint8Array, from: number, end: number): number {
    let at = from;
    while (at < end) {
      const byte = chunk[at++]!;
      if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN && byte !== 0) continue;
      this.kind = 0;
      return byte === 0 ? at - 1 : at;
    }
    return at;
  }

  /** Block comments nest, as the SQL standard has it. */
  #blockComment(chunk: Uint8Array, from: number, end: number): number {
    let last = this.#last;
    let at = from;
    while (at < end) {
      // Whatever opens or closes one has a star in it.
      if (last !== SLASH && last !== STAR) {
        const star = chunk.indexOf(STAR, at);
        const next = star === -1 ? end : Math.min(star, end);
        if (next > at) last = chunk[next - 1]!;
        at = next;
        if (at === end) break;
      }
      const byte = chunk[at++]!;
      if (byte === SLASH && last === STAR) {
        last = 0;
        if (--this.#commentDepth > 0) continue;
        this.kind = 0;
        break;
      }
      if (byte === STAR && last === SLASH) {
        last = 0;
        this.#commentDepth++;
      } else last = byte;
    }
    this.#last = last;
    return at;
  }

  /** A doubled quote ends the string and begins another, which comes to the same. */
  #until(closing: number, chunk: Uint8Array, from: number, end: number): number {
    for (let at = from; at < end; at++) {
      if (chunk[at] !== closing) continue;
      this.kind = 0;
      return at + 1;
    }
    return end;
  }

  #escapeString(chunk: Uint8Array, from: number, end: number): number {
    for (let at = from; at < end; at++) {
      const byte = chunk[at]!;
      if (this.#last === BACKSLASH) this.#last = 0;
      else if (byte === BACKSLASH) this.#last = BACKSLASH;
      else if (byte === QUOTE) {
        this.kind = 0;
        return at + 1;
      }
    }
    return end;
  }

  /** Between the dollars of an opening `$tag$`; anything that can be no tag was a parameter such as `$1`. */
  #dollarTag(chunk: Uint8Array, from: number, end: number): number {
    for (let at = from; at < end; at++) {
      const byte = chunk[at]!;
      const kind = CLASS_OF[byte]!;
      if (byte === DOLLAR) {
        this.kind = DOLLAR_BODY;
        this.#hasCandidate = false;
        return at + 1;
      }
      const isDigitFirst = this.#tagHash === 0 && byte >= 0x30 && byte <= 0x39;
      if (isDigitFirst || (kind !== LETTER && kind !== NAME)) {
        this.kind = 0;
        return at;
      }
      this.#tagHash = hashed(this.#tagHash, byte);
    }
    return end;
  }

  #dollarBody(chunk: Uint8Array, from: number, end: number): number {
    for (let at = from; at < end; at++) {
      const byte = chunk[at]!;
      if (byte === DOLLAR) {
        if (this.#hasCandidate && this.#candidateHash === this.#tagHash) {
          this.kind = 0;
          return at + 1;
        }
        this.#hasCandidate = true;
        this.#candidateHash = 0;
      } else if (this.#hasCandidate) {
        const kind = CLASS_OF[byte]!;
        if (kind === LETTER || kind === NAME) this.#candidateHash = hashed(this.#candidateHash, byte);
        else this.#hasCandidate = false;
      }
    }
    return end;
  }
}
