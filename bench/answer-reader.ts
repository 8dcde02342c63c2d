/** Takes the bytes of one connection; calls back once for each complete answer. */
export type AnswerReader = (chunk: Buffer) => void;

/**
 * Reads HTTP/1.1 answers one after another, counting the bytes of their bodies
 * (Content-Length or chunked, RFC 9112 section 6) and keeping nothing.
 */
export function readAnswers(onAnswer: (statusCode: number, bodyBytes: number) => void): AnswerReader {
  let text = '';
  let state: 'head' | 'length' | 'size' | 'data' | 'data-end' | 'last' = 'head';
  let remaining = 0;
  let statusCode = 0;
  let bodyBytes = 0;

  function finish(): void {
    state = 'head';
    onAnswer(statusCode, bodyBytes);
  }

  function startBody(head: string): void {
    statusCode = Number(head.slice(9, 12));
    bodyBytes = 0;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length !== undefined) {
      remaining = Number(length);
      state = 'length';
      if (remaining === 0) finish();
    } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      state = 'size';
    } else {
      remaining = 0;
      finish();
    }
  }

  // A line or head that `chunk` completes, from `at` on; undefined if its end has yet to come.
  function until(chunk: Buffer, at: number, mark: string): { found: string; next: number } | undefined {
    if (text === '') {
      const end = chunk.indexOf(mark, at, 'latin1');
      if (end >= 0) return { found: chunk.toString('latin1', at, end), next: end + mark.length };
      text = chunk.toString('latin1', at);
      return undefined;
    }
    const held = text.length;
    const whole = text + chunk.toString('latin1', at);
    const end = whole.indexOf(mark);
    text = end < 0 ? whole : '';
    return end < 0 ? undefined : { found: whole.slice(0, end), next: at + end + mark.length - held };
  }

  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (state === 'length' || state === 'data') {
        const taken = Math.min(remaining, chunk.length - at);
        at += taken;
        remaining -= taken;
        bodyBytes += taken;
        if (remaining > 0) return;
        if (state === 'length') finish();
        else state = 'data-end';
        continue;
      }
      const line = until(chunk, at, state === 'head' ? '\r\n\r\n' : '\r\n');
      if (line === undefined) return;
      at = line.next;
      if (state === 'head') startBody(line.found);
      else if (state === 'data-end') state = 'size';
      else if (state === 'last') finish();
      else {
        remaining = Number.parseInt(line.found, 16);
        // After the last chunk only an empty line follows: none of the servers here sends trailers.
        state = remaining > 0 ? 'data' : 'last';
      }
    }
  };
}
