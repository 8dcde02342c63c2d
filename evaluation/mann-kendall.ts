/**
 * Significance of a monotonic trend: the standard score of Kendall's S, as if the values were independent (which those
 * who use it on metrics assume). Mann, Econometrica 13 (1945).
 */
export function mannKendallScore(values: Float64Array): number {
  const n = values.length;
  let s = 0;
  for (let one = 0; one < n; one++) {
    const value = values[one]!;
    for (let other = one + 1; other < n; other++) {
      const next = values[other]!;
      if (next > value) s++;
      else if (next < value) s--;
    }
  }
  const variance = (n * (n - 1) * (2 * n + 5)) / 18;
  return variance === 0 ? 0 : (s - Math.sign(s)) / Math.sqrt(variance);
}

/** Median of the slopes between all pairs of equidistant values, a step being 1. Sen, JASA 63 (1968). */
export function theilSenSlope(values: Float64Array): number {
  const n = values.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let at = 0;
  for (let one = 0; one < n; one++) {
    for (let other = one + 1; other < n; other++) {
      slopes[at++] = (values[other]! - values[one]!) / (other - one);
    }
  }
  slopes.sort();
  const middle = (slopes.length - 1) / 2;
  return ((slopes[Math.floor(middle)] ?? 0) + (slopes[Math.ceil(middle)] ?? 0)) / 2;
}
