/** More lines than any file here has; beyond that the whole is shown as replaced. */
const MOST_LINES = 2000;

/** Length of the longest common subsequence from each pair of places on. */
function commonLengths(before: readonly string[], after: readonly string[]): readonly Uint16Array[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const [row, below] = [lengths[i], lengths[i + 1]];
      if (row === undefined || below === undefined) continue;
      row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}

/** The lines that differ between two texts, `-` before those that go and `+` before those that come; pure. */
export function lineDiff(before: string, after: string): readonly string[] {
  const [one, other] = [before.split('\n'), after.split('\n')];
  if (Math.max(one.length, other.length) > MOST_LINES) {
    return [...one.map((line) => `- ${line}`), ...other.map((line) => `+ ${line}`)];
  }
  const lengths = commonLengths(one, other);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < one.length || j < other.length) {
    if (i < one.length && j < other.length && one[i] === other[j]) {
      i += 1;
      j += 1;
    } else if (
      j >= other.length ||
      (i < one.length && (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))
    ) {
      lines.push(`- ${one[i] ?? ''}`);
      i += 1;
    } else {
      lines.push(`+ ${other[j] ?? ''}`);
      j += 1;
    }
  }
  return lines;
}
