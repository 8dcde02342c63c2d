import { BinRing, ringSize } from './bin-ring.ts';
import { OPEN_SAMPLES, OpenBin, type BinSummary } from './open-bin.ts';
import { median } from './order-statistics.ts';
import { TimeGuard } from './time-guard.ts';
import type { DetectorSettings, SeriesSample } from './detector-settings.ts';

/** Width of the fine bins, in milliseconds. */
export const BIN_MS = 300_000;
/** Width of the coarse ones. */
export const HOUR_MS = 3_600_000;
/** 16 hours of fine bins. */
const BINS = 192;
/** 7 days and 8 hours of coarse ones. */
const HOURS = 176;
const BINS_AN_HOUR = HOUR_MS / BIN_MS;
/** Start times of one process differ by rounding and by a clock that is slewed. */
const SAME_START_MS = 10_000;
/** Lives that are remembered. */
const MAX_LIVES = 24;

/** A life of the process that is over. */
export interface PastLife {
  readonly fromMs: number;
  readonly toMs: number;
  /** Unit an hour. */
  readonly slopePerHour: number;
}

/** Everything of a history that is not in its rings. */
export interface HistoryState {
  newestBin: number;
  newestHour: number;
  /** First fine bin of the current life. */
  firstBin: number;
  /** First fine bin since the last deep fall within it: where its trends begin. */
  trendBin: number;
  /** When the process started, if that was told; NaN if not. */
  processStartMs: number;
  /** The followed value at which the current life began, once it is known; NaN before. */
  startLevel: number;
  lastLimit: number;
  restarts: number;
  lives: PastLife[];
}

const freshState = (): HistoryState => ({
  newestBin: -1,
  newestHour: -1,
  firstBin: -1,
  trendBin: -1,
  processStartMs: Number.NaN,
  startLevel: Number.NaN,
  lastLimit: Number.NaN,
  restarts: 0,
  lives: [],
});

/** Numbers that the rings of a history take; room for the samples of the open bin comes after them. */
export const HISTORY_NUMBERS = ringSize(BINS) + ringSize(HOURS);

/** Room for all numbers of a history. */
export const historyRoom = (): Float32Array => new Float32Array(HISTORY_NUMBERS + OPEN_SAMPLES);

/**
 * What a detector remembers of a series: fine bins of 16 hours, hours of a week, and where the current life of the
 * process began. A falling series is held mirrored, so that harm always lies upwards. All of it takes 4.4 kB.
 */
export class SeriesHistory {
  readonly bins: BinRing;
  readonly hours: BinRing;
  readonly numbers: Float32Array;
  readonly state: HistoryState;
  readonly #open: OpenBin;
  readonly #guard: TimeGuard;
  readonly #sign: 1 | -1;
  readonly #followsMedian: boolean;
  readonly #onLifeEnd: (history: SeriesHistory) => PastLife | undefined;
  #openBin = -1;

  /** @param onLifeEnd asked what to remember of a life, while its bins are still the current ones. */
  constructor(
    { direction, follows }: DetectorSettings,
    onLifeEnd: (history: SeriesHistory) => PastLife | undefined,
    saved?: { readonly numbers: Float32Array; readonly state: HistoryState },
  ) {
    this.numbers = saved?.numbers ?? historyRoom();
    this.state = saved?.state ?? freshState();
    this.bins = new BinRing(BIN_MS, this.numbers.subarray(0, ringSize(BINS)), this.state.newestBin);
    this.hours = new BinRing(
      HOUR_MS,
      this.numbers.subarray(ringSize(BINS), HISTORY_NUMBERS),
      this.state.newestHour,
    );
    this.#sign = direction === 'up' ? 1 : -1;
    this.#followsMedian = follows === 'median';
    this.#open = new OpenBin(this.numbers.subarray(HISTORY_NUMBERS), this.#followsMedian ? 0.5 : 0.1);
    this.#guard = new TimeGuard(this.watchedToMs - 1);
    this.#onLifeEnd = onLifeEnd;
  }

  /** Start of the current life as far as it was watched; NaN before the first sample. */
  get watchedFromMs(): number {
    return this.state.firstBin === -1 ? Number.NaN : this.state.firstBin * BIN_MS;
  }

  /** First hour of the current life that was watched from its beginning, without the one in which it began. */
  get firstWholeHour(): number {
    return Math.ceil((this.state.firstBin * BIN_MS) / HOUR_MS) + 1;
  }

  /** End of the newest bin that is closed; NaN before. */
  get watchedToMs(): number {
    return this.bins.newest === -1 ? Number.NaN : (this.bins.newest + 1) * BIN_MS;
  }

  add({ atMs, value, load, startedAtMs, limit }: SeriesSample): void {
    if (!Number.isFinite(value)) return;
    const time = this.#guard.judge(atMs);
    if (time === 'leave') return;
    const bin = Math.floor(atMs / BIN_MS);
    if (time === 'take_after_step_back') this.#stepBack(bin);
    if (limit !== undefined && limit > 0 && Number.isFinite(limit)) this.state.lastLimit = limit;
    this.#noteStart(startedAtMs, bin);
    if (bin !== this.#openBin) {
      this.closeBin();
      if (bin <= this.bins.newest) return;
      this.#openBin = bin;
      if (this.state.firstBin === -1) this.state.firstBin = bin;
      if (this.state.trendBin === -1) this.state.trendBin = bin;
    }
    this.#open.add(this.#sign * value, load === undefined ? undefined : this.#sign * load);
  }

  /** Closes the bin that is being filled, if its time is over by then. */
  closeBinsBefore(nowMs: number): void {
    if (this.#openBin !== -1 && Math.floor(nowMs / BIN_MS) > this.#openBin) this.closeBin();
  }

  closeBin(): void {
    const bin = this.#openBin;
    this.#openBin = -1;
    const summary = this.#open.close();
    if (bin === -1 || summary === undefined) return;
    const hour = Math.floor((bin * BIN_MS) / HOUR_MS);
    const formerHour = this.bins.newest === -1 ? hour : Math.floor((this.bins.newest * BIN_MS) / HOUR_MS);
    if (hour !== formerHour) this.#closeHour(formerHour);
    this.bins.put(bin, summary);
    if (this.#hasFallen(bin)) this.#noteFall(bin - 1);
    this.state.newestBin = this.bins.newest;
  }

  #noteStart(startedAtMs: number | undefined, bin: number): void {
    if (startedAtMs === undefined || !Number.isFinite(startedAtMs)) return;
    const former = this.state.processStartMs;
    // A start that lies earlier than the known one is a correction of the clock, not another process.
    const isRestart = startedAtMs > former + SAME_START_MS;
    if (isRestart) {
      this.closeBin();
      this.#beginLife(Math.max(bin, this.bins.newest + 1));
    }
    if (isRestart || Number.isNaN(former)) this.state.processStartMs = startedAtMs;
  }

  /** A fall is a restart, but where start times are told: then it is no more than a release. */
  #noteFall(bin: number): void {
    if (Number.isNaN(this.state.processStartMs)) this.#beginLife(bin);
    else this.state.trendBin = bin;
  }

  #beginLife(firstBin: number): void {
    const { state } = this;
    if (state.firstBin === -1) return;
    const past = this.#onLifeEnd(this);
    if (past !== undefined) state.lives = [...state.lives, past].slice(-MAX_LIVES);
    state.restarts++;
    state.firstBin = firstBin;
    state.trendBin = firstBin;
    state.startLevel = Number.NaN;
  }

  /** Whether the last two bins lie so far below what was before that the process must have begun anew. */
  #hasFallen(bin: number): boolean {
    if (this.#followsMedian || bin - this.state.trendBin < 8) return false;
    const [one, two] = [this.bins.low(bin - 1), this.bins.low(bin)];
    const before = Array.from({ length: 6 }, (_, at) => this.bins.low(bin - 2 - at));
    const usual = median(before);
    if (!(usual > 0 && one < 0.75 * usual && two < 0.75 * usual)) return false;
    let least = Number.POSITIVE_INFINITY;
    for (let at = Math.max(this.state.trendBin, this.bins.oldest); at < bin - 1; at++) {
      const low = this.bins.low(at);
      if (low < least) least = low;
    }
    return one < 0.9 * least && two < 0.9 * least;
  }

  #closeHour(hour: number): void {
    const first = Math.max(hour * BINS_AN_HOUR, this.state.firstBin);
    const bins = Array.from({ length: (hour + 1) * BINS_AN_HOUR - first }, (_, at) => first + at);
    const lows = bins.map((bin) => this.bins.low(bin)).filter(isKnown);
    if (lows.length === 0 || hour <= this.hours.newest) return;
    const loads = bins.map((bin) => this.bins.load(bin)).filter(isKnown);
    const summary: BinSummary = {
      low: this.#followsMedian ? median(lows) : Math.min(...lows),
      high: Math.max(...bins.map((bin) => this.bins.high(bin)).filter(isKnown)),
      load: loads.length === 0 ? Number.NaN : loads.reduce((sum, load) => sum + load, 0) / loads.length,
    };
    this.hours.put(hour, summary);
    this.state.newestHour = hour;
  }

  #stepBack(bin: number): void {
    this.#open.discard();
    this.#openBin = -1;
    this.bins.cut(bin);
    this.hours.cut(Math.floor((bin * BIN_MS) / HOUR_MS));
    this.state.newestBin = this.bins.newest;
    this.state.newestHour = this.hours.newest;
    if (this.state.firstBin > bin) this.state.firstBin = bin;
    if (this.state.trendBin > bin) this.state.trendBin = bin;
  }
}

const isKnown = (value: number): boolean => !Number.isNaN(value);
