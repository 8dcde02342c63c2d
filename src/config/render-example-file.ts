import { stringify } from 'yaml';
import { settings } from './list-settings.ts';
import type { Setting } from './list-settings.ts';

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function entry({ path, meta, defaultValue }: Setting): string[] {
  const indent = '  '.repeat(path.length - 1);
  const hasDefault = defaultValue !== undefined && meta.defaultText === undefined;
  const value = hasDefault ? defaultValue : meta.example;
  const lines = stringify({ [path.at(-1) ?? '']: value }, { lineWidth: 0, singleQuote: true })
    .trimEnd()
    .split('\n');
  return [
    ...wrap(meta.about, 100).map((line) => `${indent}# ${line}`),
    ...lines.map((line) => `${indent}${hasDefault ? '' : '# '}${line}`),
  ];
}

/** Renders a complete configuration file: every default, and an example in a comment where there is none. */
export function renderExampleFile(): string {
  const lines: string[] = [];
  let open: readonly string[] = [];
  for (const setting of settings) {
    const sections = setting.path.slice(0, -1);
    const shared = sections.findIndex((section, i) => open[i] !== section);
    const from = shared === -1 ? sections.length : shared;
    for (let i = from; i < sections.length; i += 1) lines.push(`${'  '.repeat(i)}${sections[i]}:`);
    open = sections;
    lines.push(...entry(setting));
  }
  return `${lines.join('\n')}\n`;
}
