/** Adjusts p-values so that the chance of even one false alarm among them stays at the level (Holm 1979); in the order given. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((pValue, at) => ({ pValue, at })).toSorted((a, b) => a.pValue - b.pValue);
  const adjusted = pValues.map(() => 1);
  let before = 0;
  order.forEach(({ pValue, at }, i) => {
    before = Math.max(before, Math.min(1, pValue * (order.length - i)));
    adjusted[at] = before;
  });
  return adjusted;
}
