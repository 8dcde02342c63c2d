/** Writes JSON in one of its many spellings: order of members, white space, escapes, forms of numbers. */
export function rewriteJson(value: unknown, style: number): string {
  const space = ['', ' ', '\n', '\t \r\n'][style % 4] ?? '';
  const escapes = style % 3 === 0;
  const backwards = style % 5 < 2;
  const write = (part: unknown): string => {
    if (Array.isArray(part)) return `[${space}${part.map(write).join(`${space},${space}`)}${space}]`;
    if (typeof part === 'object' && part !== null) {
      const members = Object.entries(part)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => `${text(key)}${space}:${space}${write(member)}`);
      if (backwards) members.reverse();
      return `{${space}${members.join(`${space},${space}`)}${space}}`;
    }
    if (typeof part === 'string') return text(part);
    if (typeof part === 'number' && Number.isInteger(part) && Math.abs(part) < 1e6 && style % 7 === 0) {
      return `${part}.0`;
    }
    return JSON.stringify(part);
  };
  const text = (part: string): string => {
    const plain = JSON.stringify(part);
    if (!escapes) return plain;
    return plain.replace(/[a-z/](?=[^\\]*$)/i, (char) =>
      char === '/' ? '\\/' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  };
  return `${space}${write(value)}${space}`;
}
