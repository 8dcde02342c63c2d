import { VERDICT_STATES, type VerdictState } from '../model/verdict.ts';
import { Streaks } from './confirmation.ts';
import { HISTORY_NUMBERS, historyRoom, type HistoryState, type PastLife } from './series-history.ts';

/** The state that is shown, since when, and when it was last found. */
export interface HeldState {
  state: VerdictState;
  sinceMs: number;
  lastMs: number;
}

/** All that a detector remembers. */
export interface DetectorMemory {
  readonly history: { readonly numbers: Float32Array; readonly state: HistoryState };
  readonly streaks: Streaks;
  readonly held: HeldState;
}

/** First bytes of an encoded memory: the format and its version. */
const MAGIC = 'MVD1';
/** One for the leak and one for the alarm of each scale and path. */
export const STREAKS = 18;
const LIVES = 24;
const SCALARS = 12;
const DOUBLES = SCALARS + 2 * STREAKS + 3 * LIVES;

/** Bytes of an encoded memory: about 5.6 kB. */
export const MEMORY_BYTES = MAGIC.length + 4 + DOUBLES * 8 + HISTORY_NUMBERS * 4;

/** Writes a memory down; little-endian whatever the machine. */
export function encodeMemory({ history: { numbers, state }, streaks, held }: DetectorMemory): Uint8Array {
  const bytes = new Uint8Array(MEMORY_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(MAGIC.length, state.lives.length, true);
  const flatLives = Array.from({ length: LIVES }, (_, at) => state.lives[at]);
  const doubles = [
    state.newestBin,
    state.newestHour,
    state.firstBin,
    state.processStartMs,
    state.startLevel,
    state.lastLimit,
    state.restarts,
    VERDICT_STATES.indexOf(held.state),
    held.sinceMs,
    held.lastMs,
    state.trendBin,
    0,
    ...streaks.numbers,
    ...flatLives.flatMap((life) => [
      life?.fromMs ?? Number.NaN,
      life?.toMs ?? Number.NaN,
      life?.slopePerHour ?? Number.NaN,
    ]),
  ];
  let at = MAGIC.length + 4;
  for (const value of doubles) {
    view.setFloat64(at, value, true);
    at += 8;
  }
  for (const value of numbers.subarray(0, HISTORY_NUMBERS)) {
    view.setFloat32(at, value, true);
    at += 4;
  }
  return bytes;
}

/**
 * Reads a memory that {@link encodeMemory} wrote.
 * @throws Error `detector history: want …, got …`
 */
export function decodeMemory(bytes: Uint8Array): DetectorMemory {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC)
    throw new Error(`detector history: want format ${MAGIC}, got ${JSON.stringify(magic)}`);
  if (bytes.length !== MEMORY_BYTES) {
    throw new Error(`detector history: want ${MEMORY_BYTES} bytes, got ${bytes.length}`);
  }
  const livesCount = view.getUint32(MAGIC.length, true);
  const doublesAt = MAGIC.length + 4;
  const read = (index: number): number => view.getFloat64(doublesAt + 8 * index, true);
  const lives = Array.from({ length: Math.min(livesCount, LIVES) }, (_, at): PastLife => {
    const first = SCALARS + 2 * STREAKS + 3 * at;
    return {
      fromMs: read(first),
      toMs: read(first + 1),
      slopePerHour: read(first + 2),
    };
  });
  const state: HistoryState = {
    newestBin: whole('newest bin', read(0)),
    newestHour: whole('newest hour', read(1)),
    firstBin: whole('first bin', read(2)),
    trendBin: whole('first bin of the trend', read(10)),
    processStartMs: read(3),
    startLevel: read(4),
    lastLimit: read(5),
    restarts: whole('restarts', read(6)),
    lives,
  };
  const numbers = historyRoom();
  for (let at = 0; at < HISTORY_NUMBERS; at++)
    numbers[at] = view.getFloat32(doublesAt + DOUBLES * 8 + at * 4, true);
  return {
    history: { numbers, state },
    streaks: new Streaks(
      STREAKS,
      Float64Array.from({ length: 2 * STREAKS }, (_, at) => read(SCALARS + at)),
    ),
    held: { state: VERDICT_STATES[read(7)] ?? 'none', sinceMs: read(8), lastMs: read(9) },
  };
}

function whole(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= -1) return value;
  throw new Error(`detector history: want a whole number as ${name}, got ${value}`);
}
