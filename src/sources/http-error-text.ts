import { failureText } from '../model/failure-text.ts';

const TEXTS: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: 'the connection closed before the answer ended',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_OVERFLOW: 'want headers of at most 16 KiB, got more',
  UND_ERR_DESTROYED: 'the source was stopped',
  UND_ERR_CLOSED: 'the source was stopped',
};

/** What failed in an HTTP exchange, in a few words for an operator: `connection refused`. */
export function httpErrorText(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'no answer before the deadline';
  if (!(error instanceof Error)) return failureText(error);
  if (error.name === 'HTTPParserError') return 'want an answer in HTTP/1.1, got something else';
  const text = 'code' in error && typeof error.code === 'string' ? TEXTS[error.code] : undefined;
  return text ?? failureText(error);
}
