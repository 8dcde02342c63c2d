const grouped = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A rate or a count: `1,200`, `8.5`. */
export const rate = (value: number): string => grouped(value, value < 10 && value % 1 !== 0 ? 1 : 0);

/** `12 %`, and two significant places of a share below 1 %: `0.02 %`. */
export function percent(ratio: number): string {
  const value = ratio * 100;
  return `${Math.abs(value) < 1 ? Number(value.toPrecision(2)) : Math.round(value)} %`;
}

/** Dollars with two places, and three significant ones of less than a dollar. */
export const dollars = (value: number): string =>
  value >= 1 || value === 0
    ? grouped(value, 2)
    : Number(value.toPrecision(2)).toFixed(Math.max(2, 1 - Math.floor(Math.log10(value))));

/** Bytes in decimal units, as the document has them: `2 KB`. */
export function kilobytes(bytes: number): string {
  if (bytes < 1000) return `${rate(bytes)} B`;
  return bytes < 1e6
    ? `${Number((bytes / 1e3).toPrecision(3))} KB`
    : `${Number((bytes / 1e6).toPrecision(3))} MB`;
}

/** Bits per second: `67 Mbit/s`, `2.5 Gbit/s`. */
export function bits(perSecond: number): string {
  return perSecond < 1e9
    ? `${Number((perSecond / 1e6).toPrecision(2))} Mbit/s`
    : `${Number((perSecond / 1e9).toPrecision(3))} Gbit/s`;
}

/** A time of a run: `9 min 15 s`. */
export function clockTime(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), Math.round(seconds % 60)];
  if (minutes === 0) return `${rest} s`;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}
