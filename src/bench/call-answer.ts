import type { CallOutcome } from '../mcp/call-outcome.ts';
import { JsonRpcScanner } from '../mcp/json-rpc-scanner.ts';
import { emptyFacts, type MessageFacts } from '../mcp/message-facts.ts';
import { messageShape } from '../mcp/message-shape.ts';
import { plainResultId } from '../mcp/quick-facts.ts';
import { SseScanner } from '../mcp/sse-scanner.ts';

const shape = messageShape();

/** What is known of a good answer that the quick look has recognised. */
const plainFacts = (id: string): MessageFacts => ({ ...emptyFacts(), id, hasResult: true });

/** Value of a header in a list of names and values in turn; undefined if it is not there. */
export function headerIn(rawHeaders: readonly string[], name: string): string | undefined {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const each = rawHeaders[i];
    if (each?.length === name.length && each.toLowerCase() === name) return rawHeaders[i + 1];
  }
  return undefined;
}

/** How long `Retry-After` asks to wait (RFC 9110 §10.2.3): seconds, or a date. */
export function retryAfterMs(value: string | undefined, wallMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const untilMs = Date.parse(value);
  return Number.isNaN(untilMs) ? undefined : Math.max(0, untilMs - wallMs);
}

/**
 * Reads the answer to one request out of the body of an HTTP answer, JSON or events, in any chunking: the first
 * response with its id, or an error that names none. Holds no text.
 */
export class CallAnswer {
  readonly #id: string;
  readonly #statusCode: number;
  readonly #kind: 'json' | 'events' | 'other';
  readonly #onAnswer: (outcome: CallOutcome) => void;
  #scanner: JsonRpcScanner | undefined;
  #events: SseScanner | undefined;
  #isFirst = true;
  #isDone = false;
  #wasPlain = false;

  /**
   * @param id of the request in its canonical form.
   * @param onAnswer called once at most, as soon as the response is there.
   */
  constructor(
    id: string,
    statusCode: number,
    contentType: string | undefined,
    onAnswer: (outcome: CallOutcome) => void,
  ) {
    this.#id = id;
    this.#statusCode = statusCode;
    this.#onAnswer = onAnswer;
    if (contentType?.startsWith('text/event-stream') === true) this.#kind = 'events';
    else
      this.#kind =
        contentType !== undefined && /^application\/(\S+\+)?json/i.test(contentType) ? 'json' : 'other';
  }

  /**
   * Takes a part of the body.
   * @param isWhole it is all of it.
   */
  push(piece: Buffer, isWhole: boolean): void {
    if (this.#isDone || this.#kind === 'other') return;
    if (this.#kind === 'events') {
      this.#events ??= this.#createEvents();
      this.#events.push(piece);
      return;
    }
    if (this.#isFirst && isWhole && this.#tryPlain(piece, 0, piece.length)) return;
    this.#isFirst = false;
    this.#scanner ??= this.#createScanner();
    this.#scanner.push(piece);
  }

  /** The body is complete: what it came to, if no response was in it. */
  end(): void {
    if (this.#isDone) return;
    if (this.#statusCode >= 300) this.#settle({ kind: 'http', statusCode: this.#statusCode });
    else this.#settle({ kind: 'no_answer' });
  }

  #settle(outcome: CallOutcome): void {
    this.#isDone = true;
    this.#onAnswer(outcome);
  }

  #tryPlain(chunk: Buffer, start: number, end: number): boolean {
    if (plainResultId(chunk, start, end) !== this.#id) return false;
    this.#settle({ kind: 'answer', facts: plainFacts(this.#id), statusCode: this.#statusCode });
    return true;
  }

  #createScanner(): JsonRpcScanner {
    return new JsonRpcScanner(shape, (facts) => {
      if (this.#isDone || (!facts.hasResult && !facts.hasError)) return;
      // An error before the message was understood has no id, or null.
      const isOurs =
        facts.id === this.#id || (facts.hasError && (facts.id === undefined || facts.id === 'null'));
      if (isOurs) this.#settle({ kind: 'answer', facts, statusCode: this.#statusCode });
    });
  }

  #createEvents(): SseScanner {
    return new SseScanner({
      data: (chunk, start, end, whole) => {
        if (this.#isDone || this.#wasPlain) return;
        if (whole && this.#tryPlain(chunk, start, end)) {
          this.#wasPlain = true;
          return;
        }
        this.#scanner ??= this.#createScanner();
        this.#scanner.push(chunk, start, end);
      },
      event: () => {
        this.#wasPlain = false;
        this.#scanner?.reset();
      },
      id: () => {},
    });
  }
}
