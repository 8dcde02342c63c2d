/** Longest name of a client that is kept, in characters. */
const MAX_NAME_LENGTH = 64;

/** What tells one run or one machine from another: UUIDs, long numbers and hexadecimal texts with a digit in them. */
const UNIQUE_PART = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{13,}|(?=[a-f]*\d)[0-9a-f]{10,}/gi;

/**
 * The name that a client gave itself, fit for a label and a log: one line, at most 64 characters, what is unique to
 * one run of it as `:id`; undefined if nothing is left of it.
 */
export function publicClientName(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const plain = name
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .replaceAll(UNIQUE_PART, ':id')
    .trim();
  const short = plain
    .slice(0, MAX_NAME_LENGTH)
    .replace(/\p{Cs}$/u, '')
    .trimEnd();
  return short === '' ? undefined : short;
}
