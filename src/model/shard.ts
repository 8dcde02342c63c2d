/** One part of the series, of several that processes share out among them. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

/** The shard that has all series. */
export const WHOLE: Shard = { index: 1, count: 1 };

/** Processes that make sense: each of them asks for all series and keeps its own. */
const MOST_SHARDS = 1000;

/** Reads `2/8`; undefined if it is no such part. */
export function parseShard(text: string): Shard | undefined {
  const match = /^(\d{1,4})\/(\d{1,4})$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  return index >= 1 && index <= count && count <= MOST_SHARDS ? { index, count } : undefined;
}

/** FNV-1a over UTF-8, then the finish of MurmurHash3, without which similar texts land in few shards. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (const byte of Buffer.from(text)) state = Math.imul(state ^ byte, 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

/** Whether a series belongs to a shard: every key to exactly one, the same in every process and version. */
export function isOfShard(key: string, { index, count }: Shard): boolean {
  return count === 1 || hash(key) % count === index - 1;
}
