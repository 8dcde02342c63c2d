/** A space that a line may be broken at: not one between a figure and its unit. */
const BREAK = / (?!(?:h|min|s|ms|days|%|B|[KMGT]iB|UTC|vCPUs)(?![\w/]))/;

/** Breaks a text between words into lines, but not between a figure and its unit; a longer word has a line of its own. */
export function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(BREAK)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
