/**
 * A number as OpenMetrics wants it in `le` and `quantile` (1.0, section "Canonical Numbers"), which is also how
 * Prometheus 3 spells it: `1.0`, `0.25`, `1e+06`, `+Inf`.
 */
export function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) return specialNumber(value);
  const [digits = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  // Where Go's %g changes over to an exponent.
  if (exponent >= -4 && exponent < 6) {
    const plain = String(value);
    return plain.includes('.') ? plain : `${plain}.0`;
  }
  const sign = exponent < 0 ? '-' : '+';
  return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** NaN and infinities as both text formats spell them. */
export function specialNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}
