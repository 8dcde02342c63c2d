import { getSystemErrorMap, getSystemErrorMessage } from 'node:util';

const longest = 200;

/** Names a server for an operator, without user or password, e.g. `redis [::1]:6379`. */
export function serverName(kind: string, host: string, port: number): string {
  return `${kind} ${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * What went wrong with a connection, in one short line: the system's own words for what it refused
 * (`connection refused`), OpenSSL's for TLS, else the error's first line.
 */
export function failureText(error: unknown): string {
  // By shape instead of class: an error may come from another realm.
  if (typeof error !== 'object' || error === null) return firstLine(String(error));
  // Node tries each address of a name; its summary of several failures has no text.
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0) {
    return failureText(error.errors[0]);
  }
  if ('reason' in error && typeof error.reason === 'string' && error.reason !== '') return error.reason;
  if ('errno' in error && typeof error.errno === 'number' && getSystemErrorMap().has(error.errno)) {
    return getSystemErrorMessage(error.errno);
  }
  return firstLine('message' in error && typeof error.message === 'string' ? error.message : 'unknown error');
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
