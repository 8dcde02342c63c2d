import type { Estimate, Verdict, VerdictState } from '../model/verdict.ts';
import { hoursToLimit, type Situation } from './candidate.ts';
import { Streaks } from './confirmation.ts';
import { evidenceOf, known, type Evidence } from './evidence.ts';
import { findDaily } from './daily-path.ts';
import type { DetectorSettings, SeriesSample } from './detector-settings.ts';
import {
  decodeMemory,
  encodeMemory,
  STREAKS,
  type DetectorMemory,
  type HeldState,
} from './detector-memory.ts';
import type { Finding } from './finding.ts';
import { formatValue } from './format-value.ts';
import { findLives } from './lives-path.ts';
import { loadRelation, UNRELATED } from './load-relation.ts';
import { median, quantile } from './order-statistics.ts';
import { pastLife } from './past-life.ts';
import { HOUR_MS, SeriesHistory } from './series-history.ts';
import { severityOf } from './severity.ts';
import { findTrend } from './trend-path.ts';
import { SCALES, windowOf } from './window.ts';

/** Follows one series and says whether it creeps. */
export interface Detector {
  /** Takes a measurement; what is not finite, repeated, out of order or from a clock that jumped does no harm. */
  readonly add: (sample: SeriesSample) => void;
  /** Concludes from what was measured; to be called about every 15 minutes. */
  readonly evaluate: (nowMs: number) => Verdict;
  readonly evidence: () => Evidence;
  /** All that it remembers, in less than 10 kB; for {@link restoreDetector}. */
  readonly encode: () => Uint8Array;
}

const STATE_ORDER: Readonly<Record<VerdictState, number>> = {
  none: 0,
  watch: 1,
  ticket: 2,
  urgent: 3,
  page: 4,
};
/** An alarm that is not found again is kept up for so long: a series that hesitates makes one alarm, not several. */
const HOLD_MS = 3 * HOUR_MS;
/** Fine bins that say where the series is now. */
const RECENT_BINS = 12;
/** First hours of a life that say where it began. */
const START_BINS = 72;
/** Stands for a limit that nobody told: then nothing is worth more than a look. */
const BLIND_FACTOR = 2;

/** Makes a detector that knows nothing yet. */
export function createDetector(settings: DetectorSettings): Detector {
  return new SeriesDetector(settings, undefined);
}

/**
 * Makes a detector that goes on from what another one remembered.
 * @throws Error `detector history: want …, got …` if the bytes are not such a memory.
 */
export function restoreDetector(settings: DetectorSettings, bytes: Uint8Array): Detector {
  return new SeriesDetector(settings, decodeMemory(bytes));
}

/** A finding, and what it is worth now. */
interface Judged {
  readonly finding: Finding;
  readonly state: VerdictState;
}

class SeriesDetector implements Detector {
  readonly #settings: DetectorSettings;
  readonly #history: SeriesHistory;
  readonly #streaks: Streaks;
  readonly #held: HeldState;
  /** Values of a falling series are mirrored, so that harm lies upwards. */
  readonly #sign: 1 | -1;
  #fit: Finding['fit'];

  constructor(settings: DetectorSettings, saved: DetectorMemory | undefined) {
    this.#settings = settings;
    this.#history = new SeriesHistory(settings, pastLife, saved?.history);
    this.#streaks = saved?.streaks ?? new Streaks(STREAKS);
    this.#held = saved?.held ?? { state: 'none', sinceMs: Number.NaN, lastMs: Number.NaN };
    this.#sign = settings.direction === 'up' ? 1 : -1;
  }

  add(sample: SeriesSample): void {
    this.#history.add(sample);
  }

  evaluate(nowMs: number): Verdict {
    this.#history.closeBinsBefore(nowMs);
    const situation = this.#situation(nowMs);
    const isReady =
      situation.scale > 0 && Number.isFinite(situation.limit) && Number.isFinite(situation.level);
    const [first, ...others] = isReady ? this.#judge(situation) : [];
    const best = first && others.reduce((one, other) => (isFarther(other, one) ? other : one), first);
    this.#fit = best?.finding.fit;
    return this.#toVerdict(this.#hold(best?.state ?? 'none', nowMs), best?.finding, situation);
  }

  evidence(): Evidence {
    return evidenceOf(this.#history, this.#sign, this.#fit);
  }

  encode(): Uint8Array {
    return encodeMemory({ history: this.#history, streaks: this.#streaks, held: this.#held });
  }

  /** Where the current life of the series began; NaN while it is too young to say. */
  #startLevel(): number {
    const { state, bins } = this.#history;
    if (!Number.isNaN(state.startLevel)) return state.startLevel;
    const first = Math.max(state.firstBin, bins.oldest);
    const count = Math.min(START_BINS, bins.newest - first + 1);
    if (state.firstBin === -1 || count < 6) return Number.NaN;
    const level = median(Array.from({ length: count }, (_, at) => bins.low(first + at)));
    if (count === START_BINS) state.startLevel = level;
    return level;
  }

  #situation(nowMs: number): Situation {
    const { unit, direction, assumedLimitFactor, leastGrowth, removesLoad, patience } = this.#settings;
    const history = this.#history;
    const { bins, state } = history;
    const began = this.#startLevel();
    const isLimitKnown = !Number.isNaN(state.lastLimit);
    const limit = isLimitKnown ? this.#sign * state.lastLimit : began * (assumedLimitFactor ?? BLIND_FACTOR);
    const newest = Array.from({ length: RECENT_BINS }, (_, at) => bins.newest - at).filter(
      (bin) => bin >= state.trendBin,
    );
    return {
      history,
      nowMs,
      limit,
      scale: direction === 'up' ? limit : Math.abs(began),
      isLimitKnown,
      level: quantile(
        newest.map((bin) => bins.high(bin)),
        0.75,
      ),
      leastGrowth,
      patience,
      isLoadKnown: newest.some((bin) => !Number.isNaN(bins.load(bin))),
      watchedHours: (nowMs - history.watchedFromMs) / HOUR_MS,
      loadRelation: removesLoad ? loadRelation(history) : UNRELATED,
      format: (value) => formatValue(value, unit),
    };
  }

  /** Looks at the series in every way, and says of each what it is worth. */
  #judge(situation: Situation): readonly Judged[] {
    const joining = this.#settings.follows === 'envelope' ? 'least' : 'middle';
    const findings = [
      ...SCALES.map((scale) => {
        const window = windowOf(this.#history, scale, joining);
        return window && findTrend(window, situation);
      }),
      findDaily(situation),
      findLives(situation),
    ];
    return findings.flatMap((finding, index): Judged[] => {
      const { nowMs } = situation;
      const [leak, alarm] = [2 * index, 2 * index + 1];
      this.#streaks.note(leak, finding?.isLeak ?? false, nowMs);
      this.#streaks.note(alarm, finding?.isMaterial ?? false, nowMs);
      if (finding === undefined) return [];
      const isAlarm = finding.isMaterial && this.#streaks.isConfirmed(alarm, finding.confirmHours, nowMs);
      const isWatch = finding.isLeak && this.#streaks.isConfirmed(leak, finding.confirmHours, nowMs);
      // Without any limit nobody can say what a growth is worth.
      const canAlarm = situation.isLimitKnown || this.#settings.assumedLimitFactor !== undefined;
      if (isAlarm && canAlarm) return [{ finding, state: severityOf(finding, situation) }];
      return [{ finding, state: isAlarm || isWatch ? 'watch' : 'none' }];
    });
  }

  /** Keeps an alarm up for a while, and lets it fall at once where the process began anew. */
  #hold(state: VerdictState, nowMs: number): VerdictState {
    const held = this.#held;
    const isNewLife = this.#history.watchedFromMs > held.lastMs;
    const isRecent = nowMs >= held.lastMs && nowMs - held.lastMs < HOLD_MS;
    const isKept = !isNewLife && isRecent && STATE_ORDER[held.state] > STATE_ORDER[state];
    const shown = isKept ? held.state : state;
    if (!isKept) held.lastMs = nowMs;
    if (shown !== held.state || Number.isNaN(held.sinceMs)) held.sinceMs = nowMs;
    held.state = shown;
    return shown;
  }

  #toVerdict(state: VerdictState, finding: Finding | undefined, situation: Situation): Verdict {
    const { nowMs, limit, level, isLimitKnown, isLoadKnown } = situation;
    const { watchedFromMs, watchedToMs, state: remembered } = this.#history;
    const grows = finding !== undefined && finding.growth > 0;
    return {
      state,
      atMs: nowMs,
      sinceMs: this.#held.sinceMs,
      path: finding?.isLeak === true ? finding.path : undefined,
      slopePerHour: finding?.slope,
      growth: finding?.growth,
      spanMs: finding && finding.spanHours * HOUR_MS,
      watchedMs: watchedToMs > watchedFromMs ? watchedToMs - watchedFromMs : 0,
      level: known(this.#sign * level),
      limit: known(this.#sign * limit),
      isLimitKnown,
      secondsToLimit: grows && Number.isFinite(limit) ? secondsToLimit(situation, finding.slope) : undefined,
      loadExplained: grows && isLoadKnown ? explained(finding) : undefined,
      restarts: remembered.restarts,
      lives: remembered.lives.map(({ fromMs, toMs, slopePerHour }) => ({ fromMs, toMs, slopePerHour })),
      rules: (finding?.rules ?? []).map(({ name, passed, text }) => ({
        rule: name,
        outcome: passed ? 'passed' : 'held',
        text: text(),
      })),
    };
  }
}

/** Whether one finding came farther than another: by its state, then by the rules it passed, then by its span. */
function isFarther(one: Judged, other: Judged): boolean {
  const rank = ({ finding, state }: Judged): readonly number[] => [
    STATE_ORDER[state],
    Number(finding.isMaterial),
    Number(finding.isLeak),
    finding.rules.filter(({ passed }) => passed).length,
    finding.spanHours,
  ];
  const [ours, theirs] = [rank(one), rank(other)];
  const at = ours.findIndex((value, index) => value !== theirs[index]);
  return at !== -1 && ours[at]! > theirs[at]!;
}

function secondsToLimit(situation: Situation, { low, best, high }: Estimate): Estimate {
  const seconds = (slope: number): number => hoursToLimit(situation, slope) * 3600;
  return { low: seconds(high), best: seconds(best), high: seconds(low) };
}

function explained({ growth, rawGrowth }: Finding): number {
  return rawGrowth <= 0 ? 0 : Math.min(1, Math.max(0, 1 - growth / rawGrowth));
}
