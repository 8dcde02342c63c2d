import { getSystemErrorMessage } from 'node:util';
import { codeOf } from '../model/error-facts.ts';

/** Code of what a socket failed with, such as `ECONNREFUSED`. */
export const socketCodeOf = (error: unknown): string => codeOf(error) || 'SOCKET_FAILED';

/** The system's words for its own errors; for others the code, since their texts may quote anything. */
export function wordsOf(error: unknown): string {
  // Several addresses of a name were tried.
  const tried = propertyOf(error, 'errors');
  const first: unknown = Array.isArray(tried) ? tried[0] : error;
  const errno = propertyOf(first, 'errno');
  return typeof errno === 'number'
    ? getSystemErrorMessage(errno)
    : `want a connection, got ${socketCodeOf(first)}`;
}

function propertyOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}
