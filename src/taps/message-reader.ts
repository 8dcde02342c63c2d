import { JsonRpcScanner } from '../mcp/json-rpc-scanner.ts';
import type { MessageFacts } from '../mcp/message-facts.ts';
import type { Shape } from '../mcp/message-shape.ts';
import { SseScanner } from '../mcp/sse-scanner.ts';
import type { DropReason } from '../model/traffic.ts';
import { createBodyDecoder, type BodyDecoder, type DecoderLimits } from './body-decoder.ts';
import { isPlain } from './http-head.ts';

/** What a body is said to be. */
export interface BodyForm {
  readonly kind: 'json' | 'sse';
  /** Value of Content-Encoding; empty or `identity` for none. */
  readonly encoding: string;
  /** Value of Content-Length; -1 if it is not known. */
  readonly length: number;
}

/** What a reader finds in a body. */
export interface ReaderEvents {
  readonly message: (facts: MessageFacts) => void;
  /** The body can not be read further, or not at all. */
  readonly dropped: (reason: DropReason) => void;
  /** A whole text lies in one piece: true if a look at it told all, and it need not be read. */
  readonly glance?: (chunk: Buffer, start: number, end: number) => boolean;
  /** Whether the rest of a message need not be read. */
  readonly isEnough?: (facts: MessageFacts) => boolean;
  /** An event with data is complete; of a stream's first one the data is given, up to a limit. */
  readonly event?: (type: string, data: string) => void;
  /** The stream names its events, so that it may be resumed. */
  readonly eventId?: () => void;
}

/** Longest data of an `endpoint` event that is kept, in bytes. */
const MAX_ENDPOINT_BYTES = 2048;

/** Reads the JSON-RPC messages out of the copy of one HTTP body. */
export class MessageReader {
  readonly #events: ReaderEvents;
  readonly #shape: Shape;
  /** Made when first needed: a glance spares most messages the scan. */
  #scanner: JsonRpcScanner | undefined;
  readonly #sse: SseScanner | undefined;
  readonly #decoder: BodyDecoder | undefined;
  readonly #length: number;
  #failed = false;
  #finished = false;
  #whenEnded: (() => void) | undefined;

  /** @param onThrow what an event handler threw while decoded bytes, which come later, were read. */
  constructor(
    form: BodyForm,
    shape: Shape,
    limits: DecoderLimits,
    events: ReaderEvents,
    onThrow: (error: unknown) => void,
  ) {
    this.#events = events;
    this.#length = form.length;
    this.#shape = shape;
    this.#sse = form.kind === 'sse' ? this.#createSse() : undefined;
    if (isPlain(form.encoding)) return;
    this.#decoder = createBodyDecoder(form.encoding, limits, {
      decoded: (chunk) => guarded(() => this.#read(chunk), onThrow),
      ended: () => guarded(() => this.#finish(), onThrow),
      failed: (reason) => guarded(() => this.#fail(reason), onThrow),
    });
  }

  push(chunk: Buffer): void {
    if (this.#decoder) this.#decoder.push(chunk);
    else this.#read(chunk);
  }

  /** Says that no more comes; calls back once all messages have been read, at once if nothing is compressed. */
  end(whenEnded: () => void): void {
    this.#whenEnded = whenEnded;
    // A decoder may come to its end before its input does: at bytes behind the compressed text.
    if (this.#failed || this.#finished) this.#ended();
    else if (this.#decoder) this.#decoder.end();
    else this.#finish();
  }

  #read(chunk: Buffer): void {
    if (this.#sse) this.#sse.push(chunk);
    else if (chunk.length !== this.#length || !this.#glance(chunk, 0, chunk.length))
      this.#scan(chunk, 0, chunk.length);
  }

  #scan(chunk: Buffer, start: number, end: number): void {
    this.#scanner ??= new JsonRpcScanner(this.#shape, this.#events.message, this.#events.isEnough);
    this.#scanner.push(chunk, start, end);
  }

  #glance(chunk: Buffer, start: number, end: number): boolean {
    return this.#events.glance?.(chunk, start, end) === true;
  }

  #finish(): void {
    this.#finished = true;
    // A stream may stop anywhere between events; only a JSON body has to be whole.
    if (!this.#sse) this.#judgeScan();
    this.#ended();
  }

  #judgeScan(): void {
    const end = this.#scanner?.end();
    if (end === 'broken') this.#events.dropped('invalid_json');
    else if (end === 'truncated') this.#events.dropped('truncated_json');
  }

  #fail(reason: DropReason): void {
    this.#failed = true;
    this.#events.dropped(reason);
    this.#ended();
  }

  #ended(): void {
    const whenEnded = this.#whenEnded;
    this.#whenEnded = undefined;
    whenEnded?.();
  }

  #createSse(): SseScanner {
    let kept = '';
    // Only the first event of a stream can be an `endpoint`.
    let first = this.#events.event !== undefined;
    return new SseScanner({
      data: (chunk, start, end, whole) => {
        if (first && kept.length < MAX_ENDPOINT_BYTES) {
          kept += chunk.toString('latin1', start, Math.min(end, start + MAX_ENDPOINT_BYTES));
        }
        if (!whole || !this.#glance(chunk, start, end)) this.#scan(chunk, start, end);
      },
      event: (type, hasData) => {
        if (hasData && type === 'message') this.#judgeScan();
        this.#scanner?.reset();
        this.#decoder?.eventEnded();
        if (hasData) {
          this.#events.event?.(type, kept);
          first = false;
        }
        kept = '';
      },
      id: () => this.#events.eventId?.(),
    });
  }
}

/** Decoded bytes arrive outside of the proxy's own guard. */
function guarded(action: () => void, onThrow: (error: unknown) => void): void {
  try {
    action();
  } catch (error) {
    onThrow(error);
  }
}
