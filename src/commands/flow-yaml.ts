import { parse } from 'yaml';

const PLAIN = /^[\w/][\w./:@+-]*$/;

/** A text as it may stand within `{ … }` and `[…]` on one line. */
function scalar(text: string): string {
  // Not `true`, `null` or `0x1f`: what reads as something else is no plain text.
  if (PLAIN.test(text) && !text.endsWith(':') && parse(text) === text) return text;
  // JSON's strings are YAML's, with every line break escaped.
  return /[\p{Cc}\p{Zl}\p{Zp}']/u.test(text)
    ? JSON.stringify(text).replaceAll(
        /[\p{Cc}\p{Zl}\p{Zp}]/gu,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
    : `'${text}'`;
}

/** A value as YAML on one line, whatever its texts hold: `{ name: echo, tags: [a, 'b, c'] }`; pure. */
export function flowYaml(value: unknown): string {
  if (typeof value === 'string') return scalar(value);
  if (Array.isArray(value)) return `[${value.map(flowYaml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).map(([key, each]) => `${scalar(key)}: ${flowYaml(each)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
