// Errors are told by their shape: one of another realm (a worker, a test's sandbox) is no instance of this one's Error.

/** The `code` of an error, e.g. `ECONNREFUSED`; empty where it has none. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

/** The `name` of an error, e.g. `SyntaxError`; empty for what is none. */
export function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error && typeof error.name === 'string'
    ? error.name
    : '';
}

/** The words of an error on one line; of several in one (both address families refused), those of the first. */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0)
    return messageOf(error.errors[0]);
  const message = 'message' in error && typeof error.message === 'string' ? error.message : '';
  const text = message !== '' ? message : codeOf(error) || nameOf(error) || 'an error without words';
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** The cause of an error, if it has one. */
export const causeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
