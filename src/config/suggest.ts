/** Optimal string alignment: insertions, deletions, changes and swaps of neighbours count one each. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[-_]/g, '');

/**
 * The candidate that was most likely meant by a name that does not exist (edit distance, ignoring case
 * and separators), or undefined if none is near.
 */
export function suggest(name: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(name).slice(0, 100);
  const limit = Math.max(1, Math.floor(wanted.length / 4));
  let best: { candidate: string; off: number } | undefined;
  for (const candidate of candidates) {
    const off = distance(wanted, plain(candidate));
    if (off <= limit && off < (best?.off ?? Infinity)) best = { candidate, off };
  }
  return best?.candidate;
}

/** `, did you mean X?` for the nearest candidate, or nothing. */
export function didYouMean(name: string, candidates: readonly string[]): string {
  const meant = suggest(name, candidates);
  return meant === undefined ? '' : `, did you mean ${meant}?`;
}
