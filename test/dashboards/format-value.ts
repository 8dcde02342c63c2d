/**
 * A value as Grafana writes it in a unit. It refers to nothing outside of itself, since the page that is drawn gets
 * its source for the axes.
 */
export function formatValue(value: number, unit: string, decimals?: number): string {
  const trimmed = (x: number): string => {
    const places = decimals ?? (Math.abs(x) >= 100 || Number.isInteger(x) ? 0 : Math.abs(x) >= 10 ? 1 : 2);
    const text = x.toFixed(places);
    // Small figures keep two that count.
    return decimals === undefined && x !== 0 && Number(text) === 0 ? String(Number(x.toPrecision(2))) : text;
  };
  const scaled = (x: number, base: number, suffixes: readonly string[]): string => {
    let n = 0;
    let rest = x;
    while (Math.abs(rest) >= base && n < suffixes.length - 1) {
      rest /= base;
      n += 1;
    }
    return `${trimmed(rest)}${suffixes[n] ?? ''}`;
  };
  const duration = (seconds: number): string => {
    const size = Math.abs(seconds);
    if (size === 0) return '0 s';
    if (size < 0.001) return `${trimmed(seconds * 1e6)} µs`;
    if (size < 1) return `${trimmed(seconds * 1e3)} ms`;
    if (size < 120) return `${trimmed(seconds)} s`;
    if (size < 7200) return `${trimmed(seconds / 60)} min`;
    if (size < 172_800) return `${trimmed(seconds / 3600)} h`;
    return `${trimmed(seconds / 86_400)} d`;
  };
  switch (unit) {
    case 'reqps':
      return `${scaled(value, 1000, ['', 'K', 'M'])} req/s`;
    case 'cps':
      return `${scaled(value, 1000, ['', 'K', 'M'])} c/s`;
    case 'ops':
      return `${scaled(value, 1000, ['', 'K', 'M'])} ops/s`;
    case 's':
      return duration(value);
    case 'bytes':
      return scaled(value, 1024, [' B', ' KiB', ' MiB', ' GiB', ' TiB']);
    case 'bps':
      return scaled(value, 1000, [' b/s', ' kb/s', ' Mb/s', ' Gb/s']);
    case 'percentunit':
      return `${trimmed(value * 100)}%`;
    case 'short':
      return scaled(value, 1000, ['', ' K', ' Mil', ' Bil']);
    case 'currencyUSD':
      return `$${scaled(value, 1000, ['', 'K', 'M'])}`;
    default:
      return trimmed(value);
  }
}
