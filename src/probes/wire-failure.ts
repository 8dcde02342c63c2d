import { causeOf, codeOf, messageOf, nameOf } from '../model/error-facts.ts';
import { ProbeFailure } from './probe-failure.ts';

/** Codes of undici for answers that are not HTTP as it has to be. */
const NOT_HTTP: ReadonlySet<string> = new Set([
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_HEADERS_OVERFLOW',
]);

/**
 * What cut an exchange, as a failure with a reason; an abort stays what it is.
 * @param broken what the connection itself broke of, where that is known.
 */
export function wireFailure(error: unknown, signal: AbortSignal, broken: Error | undefined): unknown {
  if (error instanceof ProbeFailure) return error;
  if (signal.aborted) return signal.reason;
  const cause = causeOf(error);
  if (cause instanceof ProbeFailure) return cause;
  if (nameOf(error) === 'AbortError') return error;
  const isTls = codeOf(broken).startsWith('ERR_SSL_');
  const [code, message] = [codeOf(isTls ? broken : error), messageOf(error)];
  if (code.startsWith('HPE_') || nameOf(error) === 'HTTPParserError' || NOT_HTTP.has(code)) {
    return new ProbeFailure('protocol', `want HTTP, got something else: ${message}`, { cause: error });
  }
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') {
    return new ProbeFailure('tls', `TLS: ${code}`, { cause: error });
  }
  return new ProbeFailure('reset', `want a whole answer, got a cut connection (${code || message})`, {
    cause: error,
  });
}
