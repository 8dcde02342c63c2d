/** The fields of INFO that a reading needs; a server that does not know one leaves it out. */
export interface RedisInfo {
  /** The text of a field, e.g. `run_id`. */
  readonly text: (field: string) => string | undefined;
  /** The number of a field; undefined if it is absent or no number. */
  readonly number: (field: string) => number | undefined;
}

/**
 * Reads the answer to INFO: lines of `field:value`, headings with `#` between them
 * (https://redis.io/docs/latest/commands/info/).
 */
export function parseRedisInfo(answer: string): RedisInfo {
  const fields = new Map<string, string>();
  for (const line of answer.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return {
    text: (field) => fields.get(field),
    number: (field) => {
      const text = fields.get(field);
      const value = text === undefined || text === '' ? Number.NaN : Number(text);
      return Number.isFinite(value) ? value : undefined;
    },
  };
}
