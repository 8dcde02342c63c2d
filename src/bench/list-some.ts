/** A list in words, the first few of it: `a, b and 3 others`. */
export function listSome(names: readonly string[], most = 8): string {
  const left = names.length - most;
  // "and 1 other" would take as much room as its name.
  if (left <= 1) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${left} others`;
}
