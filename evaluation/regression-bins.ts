import type { SeriesSample } from '../src/detectors/detector-settings.ts';

/** A straight line through part of a series; shares of the limit, hours since the first sample. */
export interface Line {
  readonly slopePerHour: number;
  /** Where the line is at the time that was asked for. */
  readonly atEnd: number;
  /** Share of the variance that the line explains. */
  readonly explained: number;
  readonly spanHours: number;
}

const BIN_HOURS = 1 / 12;
const HOUR_MS = 3_600_000;
const SUMS = 5;

/**
 * Means of five minutes of a series, as shares of the limit in force, with running sums so that a least-squares line
 * through any stretch of it costs the same.
 */
export class RegressionBins {
  readonly #means: number[] = [];
  readonly #hours: number[] = [];
  /** For each bin the sums of 1, t, t², y and ty up to and with it. */
  readonly #sums: number[][] = Array.from({ length: SUMS }, () => [0]);
  readonly #squares: number[] = [0];
  #firstMs = Number.NaN;
  #bin = 0;
  #sum = 0;
  #count = 0;

  add({ atMs, value, limit }: SeriesSample): void {
    if (Number.isNaN(this.#firstMs)) this.#firstMs = atMs;
    const bin = Math.floor((atMs - this.#firstMs) / HOUR_MS / BIN_HOURS);
    if (bin !== this.#bin) this.#close();
    this.#bin = bin;
    if (!Number.isFinite(value) || limit === undefined) return;
    this.#sum += value / limit;
    this.#count += 1;
  }

  /** Means since then, at most so many hours back. */
  since(hoursBack: number): readonly number[] {
    return this.#means.slice(this.#firstWithin(hoursBack));
  }

  get hours(): number {
    return (this.#hours.at(-1) ?? 0) - (this.#hours[0] ?? 0);
  }

  /** The last mean. */
  get level(): number {
    return this.#means.at(-1) ?? Number.NaN;
  }

  /** Least squares over the last hours; undefined while there are fewer than two bins. */
  line(hoursBack: number): Line | undefined {
    const from = this.#firstWithin(hoursBack);
    const to = this.#means.length;
    if (to - from < 2) return undefined;
    const [n = 0, t = 0, tt = 0, y = 0, ty = 0] = this.#sums.map(
      (sums) => (sums[to] ?? 0) - (sums[from] ?? 0),
    );
    const yy = (this.#squares[to] ?? 0) - (this.#squares[from] ?? 0);
    const [varT, varY, cov] = [tt - (t * t) / n, yy - (y * y) / n, ty - (t * y) / n];
    if (varT <= 0) return undefined;
    const slope = cov / varT;
    const last = this.#hours.at(-1) ?? 0;
    return {
      slopePerHour: slope,
      atEnd: y / n + slope * (last - t / n),
      explained: varY <= 0 ? 0 : Math.min(1, (slope * cov) / varY),
      spanHours: last - (this.#hours[from] ?? 0),
    };
  }

  #firstWithin(hoursBack: number): number {
    const last = this.#hours.at(-1) ?? 0;
    let at = Math.max(0, this.#hours.length - Math.ceil(hoursBack / BIN_HOURS) - 1);
    while (at < this.#hours.length && (this.#hours[at] ?? 0) <= last - hoursBack) at++;
    return at;
  }

  #close(): void {
    if (this.#count === 0) return;
    const y = this.#sum / this.#count;
    const t = (this.#bin + 0.5) * BIN_HOURS;
    this.#means.push(y);
    this.#hours.push(t);
    [1, t, t * t, y, t * y].forEach((term, index) => {
      const sums = this.#sums[index];
      sums?.push((sums.at(-1) ?? 0) + term);
    });
    this.#squares.push((this.#squares.at(-1) ?? 0) + y * y);
    this.#sum = 0;
    this.#count = 0;
  }
}
