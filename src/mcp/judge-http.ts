import type { CallObservation } from '../model/traffic.ts';
import { isNegotiation } from './error-codes.ts';

const ERROR_TYPES: ReadonlyMap<number, string> = new Map([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [429, 'rate_limit_exceeded'],
  [500, 'internal_error'],
  [502, 'bad_gateway'],
  [503, 'service_unavailable'],
  [504, 'gateway_timeout'],
]);

/** Whether a status says that the caller was wrong. */
export const isClientStatus = (statusCode: number | undefined): boolean =>
  statusCode !== undefined && statusCode >= 400 && statusCode < 500;

/** Says what an HTTP answer without a JSON-RPC response counts as. */
export function judgeHttp(
  statusCode: number,
  method: string,
): Pick<CallObservation, 'status' | 'errorType' | 'fault' | 'rpcErrorCode'> {
  const judged = (errorType?: string, fault?: CallObservation['fault']) => ({
    status: statusCode < 300 ? 'ok' : String(statusCode),
    errorType,
    fault,
    rpcErrorCode: undefined,
  });
  // A redirect is neither an answer nor a failure: the client goes on elsewhere.
  if (statusCode < 400) return judged();
  if (isNegotiation(method, undefined, statusCode)) return judged('version_negotiation');
  // How a server says that it offers no GET stream, or does not let clients end sessions.
  if (statusCode === 405 && (method === 'GET' || method === 'DELETE')) return judged('method_not_allowed');
  const type = ERROR_TYPES.get(statusCode) ?? (statusCode < 500 ? 'http_4xx' : 'http_5xx');
  return judged(type, isClientStatus(statusCode) ? 'client' : 'server');
}
