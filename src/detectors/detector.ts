import type { Estimate, Verdict, VerdictState } from '../model/verdict.ts';
import { hoursToLimit, type Situation } from './candidate.ts';
import { isConfirmed, note, noStreak, type Streak } from './confirmation.ts';
import { findDaily } from './daily-path.ts';
import type { DetectorSettings, SeriesSample } from './detector-settings.ts';
import { decodeMemory, encodeMemory, type DetectorMemory } from './detector-memory.ts';
import type { Finding } from './finding.ts';
import { formatValue } from './format-value.ts';
import { findLives } from './lives-path.ts';
import { loadCoefficient } from './load-coefficient.ts';
import { median, quantile } from './order-statistics.ts';
import { pastLife } from './past-life.ts';
import { BIN_MS, HOUR_MS, SeriesHistory } from './series-history.ts';
import { severityOf } from './severity.ts';
import { findTrend } from './trend-path.ts';
import { SCALES, windowOf } from './window.ts';

/** A point of the evidence: one bin, or several joined. */
export interface EvidencePoint {
  readonly atMs: number;
  readonly low: number;
  readonly high: number;
  readonly load: number | undefined;
}

/** What a person looks at to believe a verdict. */
export interface Evidence {
  /** In order of time. */
  readonly points: readonly EvidencePoint[];
  /** The line that was fitted, by its two ends. */
  readonly fit:
    | { readonly fromMs: number; readonly from: number; readonly toMs: number; readonly to: number }
    | undefined;
  readonly limit: number | undefined;
  /** When the process started anew. */
  readonly restartsMs: readonly number[];
}

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

/** Makes a detector that knows nothing yet. */
export function createDetector(settings: DetectorSettings): Detector {
  return makeDetector(settings, undefined);
}

/**
 * Makes a detector that goes on from what another one remembered.
 * @throws Error `detector history: want …, got …` if the bytes are not such a memory.
 */
export function restoreDetector(settings: DetectorSettings, bytes: Uint8Array): Detector {
  return makeDetector(settings, decodeMemory(bytes));
}

/** A finding with the streak that confirms it. */
interface Tracked {
  readonly finding: Finding;
  readonly leak: Streak;
  readonly alarm: Streak;
}

function makeDetector(settings: DetectorSettings, saved: DetectorMemory | undefined): Detector {
  const history = new SeriesHistory(settings, pastLife, saved?.history);
  const streaks = saved?.streaks ?? [];
  const held = saved?.held ?? { state: 'none', sinceMs: Number.NaN, lastMs: Number.NaN };
  const sign = settings.direction === 'up' ? 1 : -1;
  const format = (value: number): string => formatValue(value, settings.unit);
  let fit: Finding['fit'];

  const streakOf = (index: number): Streak => (streaks[index] ??= noStreak());

  const startLevel = (): number => {
    const { state, bins } = history;
    if (!Number.isNaN(state.startLevel)) return state.startLevel;
    const first = Math.max(state.firstBin, bins.oldest);
    const count = Math.min(START_BINS, bins.newest - first + 1);
    if (state.firstBin === -1 || count < 6) return Number.NaN;
    const level = median(Array.from({ length: count }, (_, at) => bins.low(first + at)));
    if (count === START_BINS) state.startLevel = level;
    return level;
  };

  const situationAt = (nowMs: number): Situation => {
    const { bins, state } = history;
    const began = startLevel();
    const told = sign * state.lastLimit;
    const isLimitKnown = !Number.isNaN(told);
    const limit = isLimitKnown ? told : began * (settings.assumedLimitFactor ?? 2);
    const newest = Array.from({ length: RECENT_BINS }, (_, at) => bins.newest - at).filter(
      (bin) => bin >= state.firstBin,
    );
    const startMs = Number.isNaN(state.processStartMs) ? history.watchedFromMs : state.processStartMs;
    return {
      history,
      nowMs,
      limit,
      scale: settings.direction === 'up' ? limit : Math.abs(began),
      isLimitKnown,
      level: quantile(newest.map(bins.high), 0.75),
      leastGrowth: settings.leastGrowth,
      isLoadKnown: newest.some((bin) => !Number.isNaN(bins.load(bin))),
      ageHours: (nowMs - startMs) / HOUR_MS,
      loadCoefficient: settings.removesLoad ? loadCoefficient(history) : 0,
      format,
    };
  };

  const track = (situation: Situation): readonly Tracked[] => {
    const joining = settings.follows === 'envelope' ? 'least' : 'middle';
    const findings = [
      ...SCALES.map((scale) => {
        const window = windowOf(history, scale, joining);
        return window && findTrend(window, situation);
      }),
      findDaily(situation),
      findLives(situation),
    ];
    return findings.flatMap((finding, index) => {
      const [leak, alarm] = [streakOf(2 * index), streakOf(2 * index + 1)];
      note(leak, finding?.isLeak ?? false, situation.nowMs);
      note(alarm, finding?.isMaterial ?? false, situation.nowMs);
      return finding === undefined ? [] : [{ finding, leak, alarm }];
    });
  };

  const stateOf = ({ finding, leak, alarm }: Tracked, situation: Situation): VerdictState => {
    const { confirmHours, isMaterial } = finding;
    if (isMaterial && isConfirmed(alarm, confirmHours, situation.nowMs))
      return severityOf(finding, situation);
    return finding.isLeak && isConfirmed(leak, confirmHours, situation.nowMs) ? 'watch' : 'none';
  };

  /** Keeps an alarm up for a while, and lets it fall at once where the process began anew. */
  const hold = (state: VerdictState, nowMs: number): VerdictState => {
    const isNewLife = history.watchedFromMs > held.lastMs;
    const isKept =
      !isNewLife &&
      STATE_ORDER[held.state] > STATE_ORDER[state] &&
      nowMs >= held.lastMs &&
      nowMs - held.lastMs < HOLD_MS;
    const shown = isKept ? held.state : state;
    if (!isKept) held.lastMs = nowMs;
    if (shown !== held.state || Number.isNaN(held.sinceMs)) held.sinceMs = nowMs;
    held.state = shown;
    return shown;
  };

  const evaluate = (nowMs: number): Verdict => {
    history.closeBinsBefore(nowMs);
    const situation = situationAt(nowMs);
    const isReady = Number.isFinite(situation.limit) && Number.isFinite(situation.level);
    const tracked = isReady ? track(situation) : [];
    const judged = tracked.map((each) => ({ ...each, state: stateOf(each, situation) }));
    const best = judged.reduce<(typeof judged)[number] | undefined>(
      (one, other) => (one === undefined || isFarther(other, one) ? other : one),
      undefined,
    );
    const found = best?.state ?? 'none';
    const state = hold(
      settings.assumedLimitFactor === undefined && !situation.isLimitKnown && found !== 'none'
        ? 'watch'
        : found,
      nowMs,
    );
    fit = best?.finding.fit;
    return toVerdict(state, best?.finding, situation);
  };

  const toVerdict = (state: VerdictState, finding: Finding | undefined, situation: Situation): Verdict => {
    const { nowMs, limit, level } = situation;
    const grows = finding !== undefined && finding.growth > 0;
    return {
      state,
      atMs: nowMs,
      sinceMs: held.sinceMs,
      path: finding?.isLeak === true ? finding.path : undefined,
      slopePerHour: finding?.slope,
      growth: finding?.growth,
      spanMs: finding && finding.spanHours * HOUR_MS,
      watchedMs: Number.isNaN(history.watchedFromMs) ? 0 : history.watchedToMs - history.watchedFromMs,
      level: known(sign * level),
      limit: known(sign * limit),
      isLimitKnown: situation.isLimitKnown,
      secondsToLimit: grows && Number.isFinite(limit) ? secondsToLimit(situation, finding.slope) : undefined,
      loadExplained: grows && situation.isLoadKnown ? explained(finding) : undefined,
      restarts: history.state.restarts,
      lives: history.state.lives.map(({ fromMs, toMs, slopePerHour }) => ({ fromMs, toMs, slopePerHour })),
      rules: (finding?.rules ?? []).map(({ name, passed, text }) => ({
        rule: name,
        outcome: passed ? 'passed' : 'held',
        text: text(),
      })),
    };
  };

  return {
    add: (sample) => history.add(sample),
    evaluate,
    evidence: () => evidenceOf(history, sign, fit),
    encode: () => encodeMemory({ history, streaks, held }),
  };
}

/** Whether one finding came farther than another: by its state, then by the rules it passed, then by its span. */
function isFarther(
  one: { readonly finding: Finding; readonly state: VerdictState },
  other: { readonly finding: Finding; readonly state: VerdictState },
): boolean {
  const rank = ({ finding, state }: typeof one): readonly number[] => [
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

const known = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

function secondsToLimit(situation: Situation, { low, best, high }: Estimate): Estimate {
  const seconds = (slope: number): number => hoursToLimit(situation, slope) * 3600;
  return { low: seconds(high), best: seconds(best), high: seconds(low) };
}

function explained({ growth, rawGrowth }: Finding): number {
  return rawGrowth <= 0 ? 0 : Math.min(1, Math.max(0, 1 - growth / rawGrowth));
}

function evidenceOf(history: SeriesHistory, sign: 1 | -1, fit: Finding['fit']): Evidence {
  const { bins, hours, state } = history;
  const points: EvidencePoint[] = [];
  const put = (ring: typeof bins, from: number, to: number): void => {
    for (let bin = from; bin <= to; bin++) {
      const [low, high] = [sign * ring.low(bin), sign * ring.high(bin)];
      if (Number.isNaN(low)) continue;
      points.push({
        atMs: (bin + 0.5) * ring.widthMs,
        low: Math.min(low, high),
        high: Math.max(low, high),
        load: known(sign * ring.load(bin)),
      });
    }
  };
  // Hours as far as they reach, then what the fine bins know beyond them.
  if (hours.newest !== -1) put(hours, hours.oldest, hours.newest);
  const from =
    hours.newest === -1 ? bins.oldest : Math.max(bins.oldest, ((hours.newest + 1) * HOUR_MS) / BIN_MS);
  if (bins.newest !== -1) put(bins, from, bins.newest);
  const toMs = history.watchedToMs;
  return {
    points,
    fit: fit && {
      fromMs: fit.fromMs,
      from: sign * fit.from,
      toMs,
      to: sign * (fit.from + (fit.slopePerHour * (toMs - fit.fromMs)) / HOUR_MS),
    },
    limit: known(state.lastLimit),
    restartsMs: [...state.lives.map(({ toMs: endMs }) => endMs), history.watchedFromMs].slice(1),
  };
}
