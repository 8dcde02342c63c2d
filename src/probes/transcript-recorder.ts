import type { Transcript, TranscriptEntry } from '../model/probe-result.ts';
import type { Redaction } from './redaction.ts';

/** Entries that are kept of a run; a server that sends without end must not fill the memory. */
const MAX_ENTRIES = 200;
/** Characters that are kept of a body or a message. */
export const MAX_TEXT = 16 * 1024;
/** Characters that are kept of all bodies and messages: failures are held with their transcripts. */
const MAX_TOTAL = 128 * 1024;

/** Takes down what happens in a run, with its secrets masked. */
export interface TranscriptRecorder {
  readonly redaction: Redaction;
  readonly note: (text: string) => void;
  readonly request: (exchange: ExchangeHead & { readonly method: string; readonly body: string }) => void;
  readonly answer: (exchange: ExchangeHead & { readonly status: number }) => void;
  readonly body: (
    exchange: Pick<ExchangeHead, 'exchange' | 'aboutTokens'>,
    text: string,
    bytes: number,
  ) => void;
  readonly message: (type: 'sent' | 'received' | 'stderr', text: string) => void;
  readonly transcript: () => Transcript;
}

/** What the two heads of an exchange have in common. */
interface ExchangeHead {
  readonly exchange: number;
  readonly url: string;
  readonly headers: Iterable<readonly [string, string]>;
  /** True for exchanges with an authorization server. */
  readonly aboutTokens: boolean;
}

const cut = (text: string, limit: number): string =>
  text.length > limit ? `${text.slice(0, limit)}… (${text.length - limit} more)` : text;

/** An entry of any type without its time. */
type Untimed<Entry> = Entry extends TranscriptEntry ? Omit<Entry, 'atMs'> : never;

/**
 * Starts a transcript.
 * @param sinceStartMs time since the start of the run.
 */
export function createTranscriptRecorder(
  redaction: Redaction,
  sinceStartMs: () => number,
): TranscriptRecorder {
  const entries: TranscriptEntry[] = [];
  let dropped = 0;
  const add = (entry: Untimed<TranscriptEntry>): void => {
    if (entries.length < MAX_ENTRIES) entries.push({ atMs: sinceStartMs(), ...entry });
    else dropped += 1;
  };
  let left = MAX_TOTAL;
  // Masked before it is cut, or a secret at the cut would stay in part.
  const masked = (text: string, aboutTokens: boolean): string => {
    const kept = cut(
      aboutTokens ? redaction.tokenText(text) : redaction.text(text),
      Math.min(MAX_TEXT, left),
    );
    left = Math.max(0, left - kept.length);
    return kept;
  };
  return {
    redaction,
    note: (text) => add({ type: 'note', text: masked(text, false) }),
    request: ({ exchange, method, url, headers, body, aboutTokens }) =>
      add({
        type: 'request',
        exchange,
        method,
        url: redaction.url(url),
        headers: redaction.headers(headers),
        body: masked(body, aboutTokens),
      }),
    answer: ({ exchange, status, headers }) =>
      add({ type: 'answer', exchange, status, headers: redaction.headers(headers) }),
    body: ({ exchange, aboutTokens }, text, bytes) =>
      add({ type: 'body', exchange, text: masked(text, aboutTokens), bytes }),
    message: (type, text) => add({ type, text: masked(text, false) }),
    transcript: () => ({ entries: [...entries], dropped }),
  };
}
