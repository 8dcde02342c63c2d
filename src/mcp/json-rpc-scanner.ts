import { findStringEnd, STRING_OPEN_ESCAPED } from './json-string-end.ts';
import type { Shape } from './message-shape.ts';
import { emptyFacts, enterFact, MAX_TOKEN_BYTES, tokenText, type MessageFacts } from './message-facts.ts';

/** What a scan came to: a whole text, nothing, the beginning of one, or something that is not JSON. */
export type ScanEnd = 'complete' | 'empty' | 'truncated' | 'broken';

const KEY = 0; // a member's name, or the end of the object
const COLON = 1;
const VALUE = 2; // a value, or the end of the array
const AFTER_VALUE = 3;
const IN_STRING = 4;
const IN_SCALAR = 5; // a number, true, false or null
const IN_NESTED = 6; // a container in which nothing matters
const DONE = 7;
const BROKEN = 8;

const OBJECT = 0;
const ARRAY = 1;
const COUNTED = 2;
const BATCH = 3;

const QUOTE = 0x22;

/**
 * Reads JSON-RPC messages (one, or a batch) from chunks of bytes, in any
 * chunking and of any size, keeping only the facts that observation needs. It
 * holds no text and never recurses; what lies in parts that do not matter is
 * skipped without being checked. The first of duplicate keys counts, where
 * JSON.parse takes the last: fine to observe by, not to decide on access by.
 */
export class JsonRpcScanner {
  readonly #message: Shape;
  readonly #onMessage: (facts: MessageFacts) => void;
  readonly #isEnough: ((facts: MessageFacts) => boolean) | undefined;
  #mode = VALUE;
  #started = false;
  /** Open containers that matter, outermost first. */
  readonly #kinds: number[] = [];
  readonly #shapes: Shape[] = [];
  /** Depth of the object that is the current message; 0 outside of one. */
  #messageDepth = 0;
  #facts: MessageFacts = emptyFacts();
  /** Shape of the value that comes next or is being read. */
  #value: Shape | undefined;
  #isKey = false;
  #escaped = false;
  #nestedDepth = 0;
  #nestedString = false;
  #count = 0;
  /** Where the token that is being kept begins in the current chunk; -1 if none is. */
  #tokenStart = -1;
  /** What earlier chunks held of that token. */
  #tokenHead: Buffer | undefined;
  /** First text of a result's content: decoded only if the result turns out to be an error. */
  #contentText: Buffer | undefined;

  /**
   * @param message from {@link messageShape}; may be shared by scanners.
   * @param onMessage called at the end of each message; what it throws leaves {@link push}.
   * @param isEnough asked when a fact of a single message has come in: if so, the message is
   * reported at once and the rest of the text is not read, so that faults in it stay unseen.
   */
  constructor(
    message: Shape,
    onMessage: (facts: MessageFacts) => void,
    isEnough?: (facts: MessageFacts) => boolean,
  ) {
    this.#message = message;
    this.#onMessage = onMessage;
    this.#isEnough = isEnough;
  }

  /** Makes the scanner ready for another text. */
  reset(): void {
    this.#mode = VALUE;
    this.#started = false;
    this.#kinds.length = 0;
    this.#shapes.length = 0;
    this.#messageDepth = 0;
    this.#tokenStart = -1;
    this.#tokenHead = undefined;
    this.#escaped = false;
    this.#nestedString = false;
    this.#contentText = undefined;
  }

  /** Reads the bytes from `start` to `end` of a chunk; keeps no reference to it. */
  push(chunk: Buffer, start = 0, end = chunk.length): void {
    let at = start;
    if (this.#tokenStart !== -1) this.#tokenStart = start;
    while (at < end) {
      if (this.#mode === IN_STRING) at = this.#string(chunk, at, end);
      else if (this.#mode === IN_NESTED) at = this.#nested(chunk, at, end);
      else if (this.#mode === IN_SCALAR) at = this.#scalar(chunk, at, end);
      else if (this.#mode >= DONE) return;
      else this.#structure(chunk, at++);
    }
    if (this.#tokenStart !== -1) this.#tokenHead = this.#tokenBytes(chunk, end, true);
    if (this.#contentText?.buffer === chunk.buffer) this.#contentText = Buffer.from(this.#contentText);
  }

  /** Says that no more bytes come. */
  end(): ScanEnd {
    if (this.#mode === DONE) return 'complete';
    if (this.#mode === BROKEN) return 'broken';
    if (!this.#started) return 'empty';
    // A bare number has no end of its own; it is no message either way.
    return this.#mode === IN_SCALAR && this.#kinds.length === 0 ? 'broken' : 'truncated';
  }

  #structure(chunk: Buffer, at: number): void {
    const byte = chunk[at]!;
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return;
    if (this.#mode === AFTER_VALUE) {
      if (byte === 0x2c) this.#next();
      else if (byte === 0x7d || byte === 0x5d) this.#close(byte);
      else this.#mode = BROKEN;
    } else if (this.#mode === VALUE) {
      if (byte === 0x5d && this.#kinds.length > 0) this.#close(byte);
      else this.#open(byte, at);
    } else if (this.#mode === KEY) {
      if (byte === QUOTE) {
        this.#isKey = true;
        this.#tokenStart = at;
        this.#mode = IN_STRING;
      } else if (byte === 0x7d) this.#close(byte);
      else this.#mode = BROKEN;
    } else if (byte === 0x3a) this.#mode = VALUE;
    else this.#mode = BROKEN;
  }

  /** Begins a value; `byte` is its first. */
  #open(byte: number, at: number): void {
    const depth = this.#kinds.length;
    if (!this.#started) {
      // A byte order mark before the text is skipped, as JSON readers do.
      if (byte === 0xef || byte === 0xbb || byte === 0xbf) return;
      this.#started = true;
    }
    const top = this.#kinds[depth - 1];
    if (top === COUNTED) this.#count++;
    if (depth === 0 || top === BATCH) return this.#openMessage(byte, depth);
    const shape = this.#value;
    if (shape?.marks !== undefined && (shape.marks === 'hasResult' || byte === 0x7b)) {
      this.#facts[shape.marks] = true;
    }
    if (byte === 0x7b && shape?.members) this.#enter(OBJECT, shape);
    else if (byte === 0x5b && shape?.elements) this.#enter(ARRAY, shape);
    else if (byte === 0x5b && shape?.counted) {
      this.#count = 0;
      this.#enter(COUNTED, shape);
    } else if (byte === 0x7b || byte === 0x5b) {
      // An id that is no scalar is wrong, but its message is a request all the same.
      if (shape?.fact === 'id') enterFact(this.#facts, 'id', byte === 0x7b ? '{}' : '[]');
      this.#nestedDepth = 1;
      this.#mode = IN_NESTED;
    } else {
      this.#isKey = false;
      this.#tokenStart = shape?.fact === undefined ? -1 : at;
      this.#mode = byte === QUOTE ? IN_STRING : IN_SCALAR;
    }
  }

  #openMessage(byte: number, depth: number): void {
    if (byte === 0x7b) {
      this.#facts = emptyFacts();
      this.#contentText = undefined;
      this.#messageDepth = depth + 1;
      this.#enter(OBJECT, this.#message);
    } else if (byte === 0x5b && depth === 0) this.#enter(BATCH, {});
    else this.#mode = BROKEN;
  }

  #enter(kind: number, shape: Shape): void {
    this.#kinds.push(kind);
    this.#shapes.push(shape);
    this.#value = shape.elements;
    this.#mode = kind === OBJECT ? KEY : VALUE;
  }

  #next(): void {
    const depth = this.#kinds.length;
    if (this.#kinds[depth - 1] === OBJECT) this.#mode = KEY;
    else {
      this.#value = this.#shapes[depth - 1]?.elements;
      this.#mode = VALUE;
    }
  }

  #close(byte: number): void {
    const kind = this.#kinds.pop();
    this.#shapes.pop();
    if ((kind === OBJECT) !== (byte === 0x7d)) {
      this.#mode = BROKEN;
      return;
    }
    if (kind === COUNTED) this.#facts.batchSize ??= this.#count;
    const depth = this.#kinds.length;
    this.#mode = depth === 0 ? DONE : AFTER_VALUE;
    if (depth + 1 === this.#messageDepth) this.#finishMessage();
  }

  #finishMessage(): void {
    this.#messageDepth = 0;
    const facts = this.#facts;
    if (facts.isError && this.#contentText) facts.errorText ??= tokenText(this.#contentText.toString());
    this.#contentText = undefined;
    this.#onMessage(facts);
  }

  /** Reads on in a string that is a key or a value; returns where it stopped. */
  #string(chunk: Buffer, from: number, end: number): number {
    const close = this.#stringEnd(chunk, from, end);
    if (close === -1) return end;
    if (!this.#isKey) {
      this.#mode = AFTER_VALUE;
      if (this.#tokenStart !== -1) this.#keep(chunk, close + 1);
      return close + 1;
    }
    // Most keys lie in one chunk and have no escape: no copy of their bytes is made.
    const raw = this.#tokenHead
      ? this.#tokenBytes(chunk, close + 1, false).toString('latin1')
      : chunk.toString('latin1', this.#tokenStart, close + 1);
    this.#tokenStart = -1;
    this.#tokenHead = undefined;
    const members = this.#shapes[this.#shapes.length - 1]?.members;
    this.#value = members?.get((raw.includes('\\') ? tokenText(raw) : undefined) ?? raw.slice(1, -1));
    this.#mode = COLON;
    return close + 1;
  }

  /** Index of the quote that ends a string, or -1 if it is not in this chunk. */
  #stringEnd(chunk: Buffer, from: number, end: number): number {
    const at = findStringEnd(chunk, this.#escaped ? from + 1 : from, end);
    this.#escaped = at === STRING_OPEN_ESCAPED;
    return at < 0 ? -1 : at;
  }

  #nested(chunk: Buffer, from: number, end: number): number {
    let at = from;
    while (at < end) {
      if (this.#nestedString) {
        const close = this.#stringEnd(chunk, at, end);
        if (close === -1) return end;
        this.#nestedString = false;
        at = close + 1;
        continue;
      }
      const byte = chunk[at++]!;
      if (byte === QUOTE) this.#nestedString = true;
      else if (byte === 0x7b || byte === 0x5b) this.#nestedDepth++;
      else if ((byte === 0x7d || byte === 0x5d) && --this.#nestedDepth === 0) {
        this.#mode = AFTER_VALUE;
        return at;
      }
    }
    return at;
  }

  #scalar(chunk: Buffer, from: number, end: number): number {
    let at = from;
    while (at < end) {
      const byte = chunk[at]!;
      if (byte === 0x2c || byte === 0x7d || byte === 0x5d || byte <= 0x20) {
        this.#mode = AFTER_VALUE;
        if (this.#tokenStart !== -1) this.#keep(chunk, at);
        return at;
      }
      at++;
    }
    return at;
  }

  /** Enters the token that ends before `end` as the fact of its shape. */
  #keep(chunk: Buffer, end: number): void {
    const name = this.#value?.fact;
    if (name === 'contentText') this.#contentText ??= this.#tokenBytes(chunk, end, false);
    else if (name !== undefined) enterFact(this.#facts, name, this.#tokenBytes(chunk, end, false).toString());
    this.#tokenStart = -1;
    this.#tokenHead = undefined;
    if (this.#isEnough && this.#messageDepth === 1 && this.#isEnough(this.#facts)) {
      this.#mode = DONE;
      this.#kinds.length = 0;
      this.#shapes.length = 0;
      this.#finishMessage();
    }
  }

  /** The token's bytes up to `end`, cut at the limit; `copy` if they must outlive the chunk. */
  #tokenBytes(chunk: Buffer, end: number, copy: boolean): Buffer {
    const head = this.#tokenHead;
    const room = MAX_TOKEN_BYTES - (head?.length ?? 0);
    const tail = chunk.subarray(this.#tokenStart, Math.min(end, this.#tokenStart + room));
    if (head) return Buffer.concat([head, tail]);
    return copy ? Buffer.from(tail) : tail;
  }
}
