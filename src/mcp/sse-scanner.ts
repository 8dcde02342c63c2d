/** Receives what an event stream holds; slices of `data` are read at once or copied. */
export interface SseHandler {
  /**
   * A part of a `data:` line, in order; lines of one event are separated by a call with one line feed.
   * @param whole the event's first line of data lies whole in this part.
   */
  readonly data: (chunk: Buffer, start: number, end: number, whole: boolean) => void;
  /**
   * An event is complete.
   * @param type value of its `event:` field, `message` if it had none.
   * @param hasData false for a priming event or one that carried only `id:` or `retry:`.
   */
  readonly event: (type: string, hasData: boolean) => void;
  /** The stream named an event id: what is lost of it can be resumed. */
  readonly id: () => void;
}

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const LINE_FEED = Buffer.from('\n');

const FIELD = 0; // in a field's name
const VALUE_START = 1; // right after the colon: one space is not part of the value
const VALUE = 2;

/** Longest field name and event type that are kept, in characters. */
const MAX_KEPT = 64;

/**
 * Splits a stream of bytes into server-sent events (WHATWG HTML §9.2.6), in
 * any chunking, without holding their data: it goes on slice by slice.
 */
export class SseScanner {
  readonly #handler: SseHandler;
  #state = FIELD;
  #field = '';
  #type = '';
  #dataLines = 0;
  #hasData = false;
  #skipLineFeed = false;
  #atStreamStart = true;

  constructor(handler: SseHandler) {
    this.#handler = handler;
  }

  push(chunk: Buffer): void {
    let at = this.#atStreamStart ? this.#skipByteOrderMark(chunk) : 0;
    let lineFeed = -1;
    let carriageReturn = -1;
    while (at < chunk.length) {
      if (this.#skipLineFeed) {
        this.#skipLineFeed = false;
        if (chunk[at] === LF) {
          at++;
          continue;
        }
      }
      // Each end is looked up once, so that the work stays linear whichever of them the stream uses.
      if (lineFeed < at) lineFeed = indexOrEnd(chunk, LF, at);
      if (carriageReturn < at) carriageReturn = indexOrEnd(chunk, CR, at);
      const lineEnd = Math.min(lineFeed, carriageReturn);
      this.#part(chunk, at, lineEnd, lineEnd < chunk.length);
      if (lineEnd === chunk.length) return;
      this.#skipLineFeed = lineEnd === carriageReturn;
      this.#endLine();
      at = lineEnd + 1;
    }
  }

  /** Only a mark that lies whole in the first chunk is recognised. */
  #skipByteOrderMark(chunk: Buffer): number {
    this.#atStreamStart = false;
    return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
  }

  /** Takes a part of a line, without its end; `ends`: the line does not go on in another chunk. */
  #part(chunk: Buffer, start: number, end: number, ends: boolean): void {
    let at = start;
    const beginsHere = this.#state !== VALUE;
    if (this.#state === FIELD && at < end) {
      const colon = chunk.indexOf(COLON, at);
      const nameEnd = colon === -1 || colon > end ? end : colon;
      if (this.#field.length < MAX_KEPT)
        this.#field += chunk.toString('latin1', at, Math.min(nameEnd, at + MAX_KEPT));
      if (nameEnd === end) return;
      at = nameEnd + 1;
      this.#beginValue();
    }
    if (this.#state === VALUE_START && at < end) {
      this.#state = VALUE;
      if (chunk[at] === SPACE) at++;
    }
    if (this.#state !== VALUE || at >= end) return;
    if (this.#field === 'data') {
      this.#hasData = true;
      this.#handler.data(chunk, at, end, ends && beginsHere && this.#dataLines === 1);
    } else if (this.#field === 'event' && this.#type.length < MAX_KEPT) {
      this.#type += chunk.toString('latin1', at, Math.min(end, at + MAX_KEPT));
    }
  }

  #beginValue(): void {
    this.#state = VALUE_START;
    if (this.#field === 'data') {
      if (this.#dataLines++ > 0) this.#handler.data(LINE_FEED, 0, 1, false);
    } else if (this.#field === 'event') this.#type = '';
    else if (this.#field === 'id') this.#handler.id();
  }

  #endLine(): void {
    // An empty line is one whose field name is empty and that has no colon (a comment has one).
    if (this.#state === FIELD && this.#field === '') {
      this.#handler.event(this.#type === '' ? 'message' : this.#type, this.#hasData);
      this.#type = '';
      this.#dataLines = 0;
      this.#hasData = false;
    }
    this.#state = FIELD;
    this.#field = '';
  }
}

function indexOrEnd(chunk: Buffer, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from);
  return at === -1 ? chunk.length : at;
}
