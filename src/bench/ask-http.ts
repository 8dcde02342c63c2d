import type { AnswerHead } from '../http/answer-head.ts';
import { SseScanner } from '../mcp/sse-scanner.ts';
import { failureText } from '../model/failure-text.ts';
import { AskError, outcomeText } from './ask-error.ts';
import { headerIn } from './call-answer.ts';
import { isMapping } from './declared-tool.ts';
import type { HttpPool } from './http-pool.ts';

/** A request whose answer is read as a whole. */
export interface HttpQuestion {
  /** `POST`, or `DELETE` without a body. */
  readonly method: 'POST' | 'DELETE';
  /** Headers, each with its line end. */
  readonly headers: string;
  /** undefined: none. */
  readonly message?: Readonly<Record<string, unknown>>;
}

/** The answer to one. */
export interface HttpReply {
  readonly statusCode: number;
  readonly rawHeaders: readonly string[];
  /** The response with the request's id, or an error without one; undefined where there was none. */
  readonly message: Readonly<Record<string, unknown>> | undefined;
}

/** Headers of every request. */
export const requestHead = (pool: HttpPool, method: string, headers: string, contentBytes: number): string =>
  `${method} ${pool.endpoint.path} HTTP/1.1\r\nHost: ${pool.endpoint.authority}\r\n` +
  `Accept: application/json, text/event-stream\r\nAccept-Encoding: identity\r\nUser-Agent: mcp-vitals-bench\r\n${headers}` +
  (method === 'POST' ? `Content-Type: application/json\r\nContent-Length: ${contentBytes}\r\n\r\n` : '\r\n');

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Sends one request and reads its answer.
 * @throws AskError if no answer came, in time or at all; an answer with a status of failure is an answer.
 */
export function askHttp(pool: HttpPool, question: HttpQuestion, timeoutMs: number): Promise<HttpReply> {
  const { method, headers, message } = question;
  const body = message === undefined ? '' : JSON.stringify(message);
  const id = message?.['id'];
  return new Promise((resolve, reject) => {
    let head: AnswerHead | undefined;
    let found: Readonly<Record<string, unknown>> | undefined;
    const text: Buffer[] = [];
    const data: Buffer[] = [];
    const fail = (error: AskError): void => {
      clearTimeout(timer);
      reject(error);
    };
    const finish = (): void => {
      clearTimeout(timer);
      const { statusCode = 0, rawHeaders = [] } = head ?? {};
      resolve({ statusCode, rawHeaders, message: found });
    };
    const look = (pieces: readonly Buffer[]): void => {
      const value = parsed(Buffer.concat(pieces).toString('utf8'));
      if (!isMapping(value) || !('result' in value || 'error' in value)) return;
      if (value['id'] === id || (value['error'] !== undefined && (value['id'] ?? null) === null))
        found ??= value;
    };
    let events: SseScanner | undefined;
    const cut = pool.send(requestHead(pool, method, headers, Buffer.byteLength(body)) + body, 'utf8', {
      onHead: (came) => {
        head = came;
        if (headerIn(came.rawHeaders, 'content-type')?.startsWith('text/event-stream') !== true) return;
        events = new SseScanner({
          data: (chunk, start, end) => void data.push(Buffer.from(chunk.subarray(start, end))),
          event: () => {
            look(data.splice(0));
            // The stream may stay open for other things.
            if (found !== undefined) finish();
          },
          id: () => {},
        });
      },
      onBody: (piece) => {
        if (events === undefined) text.push(Buffer.from(piece));
        else events.push(piece);
      },
      onEnd: () => {
        if (events === undefined) look(text);
        finish();
      },
      onFailure: (outcome, error) => {
        const why = error === undefined ? '' : ` (${failureText(error)})`;
        fail(new AskError(`want an answer, got ${outcomeText(outcome)}${why}`, outcome));
      },
    });
    const timer = setTimeout(() => {
      cut();
      fail(new AskError('want an answer, got none in time', { kind: 'timeout', phase: 'headers' }));
    }, timeoutMs);
  });
}
